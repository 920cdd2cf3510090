/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that wait for an answer of a name server, in the C library's resolver. */
#ifndef TS_COLLECT_FILES_RESOLVER_WAITS_H
#define TS_COLLECT_FILES_RESOLVER_WAITS_H

#include "collect/targets/targets.h"
#include "facts/sample.h"

/* Fills resolves, by their stacks, and path where they poll a socket: "socket:[123]". Before sockets are
 * named;
 */
void resolver_waits__find(struct targets *targets, struct sample *s);
/* and then name_server: the address that the socket is connected to, or where it is not (musl), the servers
 * of the process's resolv.conf. */
void resolver_waits__name(struct targets *targets, struct sample *s);

#endif
