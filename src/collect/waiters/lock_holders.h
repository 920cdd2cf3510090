/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Likely holders of locks that keep no owner: a thread is one if a function on its stack, from where it goes
 * on, unlocks this lock before it locks it.
 */
#ifndef TS_COLLECT_WAITERS_LOCK_HOLDERS_H
#define TS_COLLECT_WAITERS_LOCK_HOLDERS_H

#include "collect/locks/locks.h"
#include "collect/threads/threads.h"

/* For the locks whose waiters have waited for LOCK_HOLDER_MS. Returns the number of holders found, which a
 * second pass must prove. pass: what s was made from, a record per thread. */
size_t lock_holders__find(struct targets *targets, struct sample *s, const struct pass *pass);
/* Drops those that ran between the passes. */
void lock_holders__prove(struct sample *s, const struct pass *before, const struct pass *after);

#endif
