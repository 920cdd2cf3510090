/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Enough stack, also where the limit on it ('ulimit -s') is too low for libdw, libbpf and this program. */
#ifndef TS_UTIL_OWN_STACK_H
#define TS_UTIL_OWN_STACK_H

/*
 * Calls fn(arg) with at least 8 MiB of stack and returns its result: raises the limit if that is allowed,
 * because a stack grows up to the limit of the moment; otherwise gives fn a stack of its own. Not reentrant.
 */
int own_stack__run(int (*fn)(void *arg), void *arg);

#endif
