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
/* Walks the longest blocked threads and futex waiters that are not known yet, as many as is cheap. Returns
 * how many it walked: then a second pass is needed, for walks__prove. */
size_t walks__walk(struct walks *w, const struct sample *s, const struct pass *pass, size_t stack_count);
/* Drops what was walked just now of threads that ran meanwhile. */
void walks__prove(struct walks *w, const struct pass *again);
/* Gives stacks to the stack_count longest blocked threads, and kinds to all that were walked. */
void walks__use(struct walks *w, struct sample *s, const struct pass *pass, struct locks *locks,
		size_t stack_count);

#endif
