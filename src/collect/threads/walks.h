/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks of blocked threads for the live view. A thread that has not run since
 * it was walked is not walked again, so a stuck process costs next to nothing.
 */
#ifndef TS_COLLECT_THREADS_WALKS_H
#define TS_COLLECT_THREADS_WALKS_H

#include "collect/locks/locks.h"
#include "facts/sample.h"
#include "collect/targets/targets.h"
#include "collect/threads/threads.h"

struct walks;

struct walks *walks__new(struct targets *t);
void walks__free(struct walks *w);
void walks__forget(struct walks *w, pid_t pid);
/* Walks the stack_count longest blocked threads, all that have waited for STACK_OF_WAIT_MS (0: neither), and
 * new futex waiters, within a budget, non-idle kinds and the longest waits first. Returns the number of
 * walks; if not 0, walks__prove needs a second pass. */
size_t walks__walk(struct walks *w, const struct sample *s, struct pass *pass, size_t stack_count);
/* Drops the new walks of threads that ran meanwhile. */
void walks__prove(struct walks *w, const struct pass *again);
/* Gives stacks (unless stack_count is 0) and kinds to all walked threads. */
void walks__use(struct walks *w, struct sample *s, const struct pass *pass, struct locks *locks,
		size_t stack_count);

#endif
