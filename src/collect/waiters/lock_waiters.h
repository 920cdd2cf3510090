/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads and the locks they wait on, brought together. */
#ifndef TS_COLLECT_WAITERS_LOCK_WAITERS_H
#define TS_COLLECT_WAITERS_LOCK_WAITERS_H

#include "collect/locks/locks.h"
#include "collect/threads/threads.h"

/* The viewer's TID of a thread that the target itself calls ns_tid; 0: it has no such thread. */
pid_t lock_waiters__own_thread(const struct sample *s, pid_t pid, pid_t ns_tid);
/* Sorts by word and leaves one of each. */
void lock_waiters__sort(struct sample *s);
struct sample_lock *lock_waiters__find(struct sample *s, pid_t pid, uint64_t word);
/* Symbol, kind and address of each lock; owners where waiters prove them, into blocked_by of those too.
 * newer: the pass of lock_waiters__take_newer, empty if there was none. */
void lock_waiters__join(struct locks *locks, struct sample *s, const struct pass *newer);
/* Top: the first word of those that wait on a list of them. pass: what s was made from, a record per thread.
 * first_ns: when the first sample was taken; a wait counts from there at the earliest. */
void lock_waiters__find_words(struct targets *targets, struct sample *s, const struct pass *pass,
			      uint64_t first_ns);
/* Copies the bytes of all locks that are waited on. Returns their waiters' number. */
size_t lock_waiters__read(struct locks *locks, const struct sample *s);
/* Marks the threads that did not run between the two passes. */
void lock_waiters__mark_steady(struct sample *s, const struct pass *before, const struct pass *after);
/* The others as the second pass shows them. */
void lock_waiters__take_newer(struct sample *s, const struct pass *before, const struct pass *after);
/* Marks those that may own a waited lock and ran since the first pass. Returns how many. */
size_t lock_waiters__moved_owners(struct locks *locks, const struct sample *s, bool *moved);

#endif
