/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by lock_holders.c and semaphore_holders.c. */
#ifndef TS_COLLECT_WAITERS_LOCK_HOLDERS_PRIVATE_H
#define TS_COLLECT_WAITERS_LOCK_HOLDERS_PRIVATE_H

#include "collect/locks/locks.h"
#include "collect/threads/threads.h"
#include "collect/waiters/holding_code.h"

#define MOST_FRAMES 64

struct holders {
	struct targets *targets;
	struct sample *s;
	const struct pass *pass;
	struct holding_codes codes;
	struct frame_state frames[MOST_FRAMES];
};

/* Whether the thread waits for that lock, also by running. */
bool holders__waits_for(const struct holders *h, const struct sample_thread *t, const struct sample_lock *l);
/* Its frames do not change while they are read; a condition variable's waiter has given its lock back, and
 * which one that is does not show. */
bool holders__can_be_read(const struct sample_thread *t);
/* The frames of the sample's thread i, into h->frames. Returns their number. */
size_t holders__walk(struct holders *h, struct target *t, size_t i);
/* The thread is the lock's likely holder, by that frame. */
void holders__take(struct holders *h, struct target *t, struct sample_lock *l, const struct sample_thread *by,
		   size_t frame, enum lock_likely likely);
/* Nobody is. */
void holders__drop(struct sample_lock *l);
/* The likely holder of a lock, by what the code of stacks will do next. */
void holders__of_lock(struct holders *h, struct target *t, struct sample_lock *l);
/* Of a semaphore: whether it is used as a lock, and who then holds it. */
void holders__of_semaphore(struct holders *h, struct target *t, struct sample_lock *l);

#endif
