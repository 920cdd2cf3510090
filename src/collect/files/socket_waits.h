/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets that threads wait on, by address instead of inode. */
#ifndef TS_COLLECT_FILES_SOCKET_WAITS_H
#define TS_COLLECT_FILES_SOCKET_WAITS_H

#include "facts/sample.h"

struct probes;

/* Replaces a path "socket:[123]" in the threads of process pid by "socket to 10.0.0.1:5432", "socket at
 * /run/a.sock", or for connect the peer's address, where known. The threads must have their kinds. Costs
 * nothing if no thread waits on a socket. */
void socket_waits__name(struct sample *s, struct probes *probes, pid_t pid);

#endif
