/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks of running threads: the last position of a runnable thread, otherwise a sample at the next tick of
 * its CPU.
 */
#ifndef TS_COLLECT_THREADS_RUNNING_THREADS_H
#define TS_COLLECT_THREADS_RUNNING_THREADS_H

#include "collect/threads/bare_stacks.h"

/*
 * Fills stacks, one per thread of s, for running threads that can be sampled; the others are unchanged. pass:
 * the source of s. chosen: of these, by index, all of the target; NULL: all that run. Takes no time if no
 * thread runs, otherwise about 0.3 ms, and at most RUNNING_WAIT_NS if threads wait for a CPU. target may be
 * NULL.
 */
#define RUNNING_WAIT_NS 10000000
void running__sample(struct sample *s, struct target *target, const struct pass *pass, const bool *chosen,
		     struct bare_stack *stacks);

#endif
