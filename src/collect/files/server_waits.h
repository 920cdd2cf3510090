/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads in a call on a file that a server keeps: which file, and whose. */
#ifndef TS_COLLECT_FILES_SERVER_WAITS_H
#define TS_COLLECT_FILES_SERVER_WAITS_H

#include "collect/targets/targets.h"
#include "facts/sample.h"

struct server_waits;

struct server_waits *server_waits__new(struct targets *t); /* t is borrowed */
void server_waits__free(struct server_waits *w);           /* NULL is fine */
/*
 * Fills server of threads that have been in such a call for a while, whose path is known (call_files.h). An
 * interruptible sleep counts as much as another: FUSE waits so for its daemon. Asks only /proc, as the file
 * server may not answer.
 */
void server_waits__name(struct server_waits *w, struct sample *s);

#endif
