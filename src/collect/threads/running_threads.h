/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks of threads that run: of one that has no CPU as it was left, else where it is at its CPU's next tick.
 */
#ifndef TS_COLLECT_THREADS_RUNNING_THREADS_H
#define TS_COLLECT_THREADS_RUNNING_THREADS_H

#include "collect/threads/bare_stacks.h"

/*
 * Fills stacks, one for each thread of s, where a thread runs and can be seen; the others stay as they are.
 * pass: what s was made from. Takes nothing where none runs, else some 0.3 ms, and at most RUNNING_WAIT_NS
 * where threads wait for a CPU. target: NULL is fine.
 */
#define RUNNING_WAIT_NS 10000000
void running__sample(struct sample *s, struct target *target, const struct pass *pass,
		     struct bare_stack *stacks);

#endif
