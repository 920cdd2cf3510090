/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that resolve a name with the C library's functions. Pure. */
#ifndef TS_WAITS_RESOLVER_H
#define TS_WAITS_RESOLVER_H

#include "facts/stack.h"

/* The thread is in a function that asks name servers: getaddrinfo, gethostbyname, res_search. */
bool resolver__on_stack(const struct call_stack *stack);

#define RESOLVER_SERVERS 3 /* the C libraries read no more */
#define RESOLVER_TEXT    224
/* The servers that a text in the form of resolv.conf names: "10.0.0.1:53, [fe80::1]:53"; "" if it has none.
 */
char *resolver__servers(const char *text, char dst[RESOLVER_TEXT]);

#endif
