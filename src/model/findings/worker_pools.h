/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools all of whose threads hang in one way: what else they get waits. */
#ifndef TS_MODEL_FINDINGS_WORKER_POOLS_H
#define TS_MODEL_FINDINGS_WORKER_POOLS_H

#include "util/arena.h"
#include "words/describe.h"

/*
 * list: threads of one process that share a finding. "; they are all 4 threads of pool-1", "; 4 of them are
 * all threads of ForkJoinPool.commonPool"; "" if no pool of Java or Python has all its threads among them, or
 * it is not known.
 */
const char *worker_pools__text(struct arena *a, const struct naming *n, const struct thread_row *const *list,
			       size_t count);
/* The stacks of all threads of a process are known but for its main thread's: those in a pool can be counted.
 */
bool worker_pools__whole(const struct naming *n, pid_t pid);

#endif
