/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets that threads wait on, by address instead of inode. */
#ifndef TS_COLLECT_FILES_SOCKET_WAITS_H
#define TS_COLLECT_FILES_SOCKET_WAITS_H

#include "facts/sample.h"

struct probes;
struct socket_waits;

/* The names of one reading are kept for the next ones. */
struct socket_waits *socket_waits__new(struct probes *p);
void socket_waits__free(struct socket_waits *w); /* NULL is fine */

/* Replaces a path "socket:[123]" in the threads of s by "socket to 10.0.0.1:5432", "socket at /run/a.sock",
 * or for connect the peer's address, where known. Costs nothing if no thread waits on a socket, and in a
 * series of readings at most 1 % of a CPU. */
void socket_waits__name(struct socket_waits *w, struct sample *s);

#endif
