/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other threads say of a thread's wait: who waits behind it, beside it, and what works for it. */
#ifndef TS_MODEL_ROWS_CROWD_H
#define TS_MODEL_ROWS_CROWD_H

#include "facts/sample.h"

struct crowd;

/* Of the sample's threads; in memory of a. */
const struct crowd *crowd__of(struct arena *a, const struct sample *s);
/* Not 0 if threads wait for a lock that this one holds, surely or likely. */
size_t crowd__behind(const struct crowd *c, const struct sample_thread *t);
/* Threads that wait on the same futex word, itself included; 0: it waits on none. */
size_t crowd__same_word(const struct crowd *c, const struct sample_thread *t);
/* The variable that the lock is in that it waits for; NULL: unknown, or none. */
const char *crowd__symbol(const struct crowd *c, const struct sample_thread *t);
/* What it waits for is a semaphore that is used as a lock. */
bool crowd__as_lock(const struct crowd *c, const struct sample_thread *t);
/* A write or sync that it submitted by io_uring is under way. */
bool crowd__has_request(const struct crowd *c, const struct sample_thread *t);

#endif
