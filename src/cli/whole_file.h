/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that appear complete or not at all, and never through a link of others. */
#ifndef TS_CLI_WHOLE_FILE_H
#define TS_CLI_WHOLE_FILE_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Checks whether the file can probably be written, before there is work to lose. 0, or -ELOOP: a symbolic
 * link, or one of somebody else on the way; -EISDIR; -EPERM: neither a file nor a device or pipe, or a pipe
 * of somebody else in a folder where others may write; or an error of the folder.
 */
int whole_file__check(const char *path);

/* Two paths of one file, which need not exist yet; false for devices and pipes, which may be written twice.
 */
bool whole_file__same(const char *a, const char *b);

/*
 * Writes a temporary file next to it, and renames it once it is complete; devices and pipes are written
 * directly. write() fills the stream and returns 0 or a negative errno. Blocks SIGINT and similar signals
 * meanwhile. 0 or a negative errno; on failure the old file is unchanged.
 */
int whole_file__write(const char *path, int (*write)(FILE *out, const void *arg), const void *arg);

/*
 * A file that others fill over time, and can be read meanwhile: a new one, which takes the place of an old
 * one at once; what had that open keeps it as it was. Devices and pipes are opened as they are. 0 or a
 * negative errno as of whole_file__check; -ENXIO: a pipe without a reader.
 */
int whole_file__begin(const char *path, int *ret_fd);

#endif
