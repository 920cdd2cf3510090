/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of each futex word that a target waited on: what kind of lock it is part of, its name, its
 * owner. */
#ifndef TS_COLLECT_LOCKS_LOCKS_H
#define TS_COLLECT_LOCKS_LOCKS_H

#include "waits/wait.h"
#include "collect/targets/targets.h"

struct locks;

struct lock_facts {
	uint64_t address;    /* of the lock; the word where it is not known to lie deeper */
	const char *symbol;  /* NULL if not known */
	enum lock_kind kind; /* LOCK_FUTEX until evidence comes */
	enum wait_kind wait; /* of the last waiter that was looked at */
};

struct locks *locks__new(struct targets *t);
void locks__free(struct locks *l);
/* Evidence: a waiter of this word waits so. */
void locks__learn(struct locks *l, pid_t pid, uint64_t word, enum wait_kind wait, enum lock_form form);
/* Evidence: a waiter has these values at hand, one of which may be the lock's address. */
void locks__hint(struct locks *l, pid_t pid, uint64_t word, const uint64_t *values, size_t count);
/* Owned by l. */
const struct lock_facts *locks__facts(struct locks *l, pid_t pid, uint64_t word);
/*
 * Copies the bytes around the word. Who waits on it before and after waited
 * all the time, so for them what the bytes say is true.
 */
void locks__read(struct locks *l, pid_t pid, uint64_t word);
/* The owner's TID in the target's own namespace, from the bytes last copied; 0: none, or not known for this
 * kind. Not yet checked to be a thread of the target. */
pid_t locks__owner(struct locks *l, pid_t pid, uint64_t word);
/* As if it were a mutex: for what has to be known before its kind is. */
pid_t locks__maybe_owner(struct locks *l, pid_t pid, uint64_t word);
void locks__forget(struct locks *l, pid_t pid);

#endif
