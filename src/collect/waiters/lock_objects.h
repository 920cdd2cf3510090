/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks that are not where their futex word is. */
#ifndef TS_COLLECT_WAITERS_LOCK_OBJECTS_H
#define TS_COLLECT_WAITERS_LOCK_OBJECTS_H

#include "collect/locks/locks.h"
#include "collect/threads/threads.h"

/* Snapshot: lock_address of those that wait on a word elsewhere becomes the lock's own, or 0 if it is not
 * found. pass: what s was made from, a record a thread. */
void lock_objects__find(struct locks *locks, struct targets *targets, struct sample *s,
			const struct pass *pass);
/* Top: the starts of those locks, for threads whose stacks are known and that did not run between the passes.
 */
void lock_objects__place(struct locks *locks, struct targets *targets, const struct sample *s,
			 const struct pass *pass);

#endif
