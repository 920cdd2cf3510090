/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lock keeps the TID of an owner that has ended, and another thread may get it. */
#ifndef TS_COLLECT_WAITERS_LOCK_REUSE_H
#define TS_COLLECT_WAITERS_LOCK_REUSE_H

#include "collect/locks/locks.h"
#include "facts/sample.h"

enum lock_reuse {
	REUSE_NOT,     /* the thread may be the owner */
	REUSE_UNKNOWN, /* or not: it began after a thread had begun to wait for the lock */
	REUSE_CERTAIN, /* the owner has ended */
};

/* What the thread with that TID, which a mutex or rwlock with waiters has as its owner, is. */
enum lock_reuse lock_reuse__of(struct locks *locks, const struct sample *s, const struct sample_lock *l,
			       pid_t tid);
/* Once the frames are known: who will unlock it by them is the owner after all. */
void lock_reuse__settle(struct sample *s);

#endif
