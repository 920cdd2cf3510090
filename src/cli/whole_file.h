/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are there whole or not at all. */
#ifndef TS_CLI_WHOLE_FILE_H
#define TS_CLI_WHOLE_FILE_H

#include <stdio.h>

/*
 * Whether it looks as if the file could be written, before there is work to
 * lose. 0, or why not: -ELOOP: a link; -EISDIR; -EPERM: no place for a file;
 * or what the folder says.
 */
int whole_file__check(const char *path);

/*
 * Writes the file through a nameless neighbour that takes its place once it is
 * whole; a device or a pipe is written to as it is. write() fills the stream and
 * returns 0 or a negative errno. SIGINT and its like wait meanwhile. 0 or a
 * negative errno, and then what had that name is as it was.
 */
int whole_file__write(const char *path, int (*write)(FILE *out, const void *arg), const void *arg);

#endif
