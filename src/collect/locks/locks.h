/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock of each futex word that a target waited on: its kind, name and owner. */
#ifndef TS_COLLECT_LOCKS_LOCKS_H
#define TS_COLLECT_LOCKS_LOCKS_H

#include "waits/wait.h"
#include "collect/targets/targets.h"

struct locks;

struct lock_facts {
	uint64_t address;    /* of the lock; that of the word if the start is unknown */
	const char *symbol;  /* NULL if not known */
	enum lock_kind kind; /* LOCK_FUTEX until evidence comes */
	enum wait_kind wait; /* of the last waiter that was examined */
	enum lock_form form; /* of its library */
};

struct locks *locks__new(struct targets *t);
void locks__free(struct locks *l);
/* Evidence: the kind of wait of a waiter of this word. */
void locks__learn(struct locks *l, pid_t pid, uint64_t word, enum wait_kind wait, enum lock_form form);
/* Evidence: values from a waiter's registers and stack, one of which may be the lock's address. */
void locks__hint(struct locks *l, pid_t pid, uint64_t word, const uint64_t *values, size_t count);
/* The start of a lock whose word is elsewhere, as found for a waiter; 0: not found. stamp: that waiter's
 * count of switches. */
void locks__place(struct locks *l, pid_t pid, uint64_t word, uint64_t address, uint64_t stamp);
/* Whether it was searched for a waiter with this stamp. */
bool locks__placed(struct locks *l, pid_t pid, uint64_t word, uint64_t stamp);
/* Owned by l. */
const struct lock_facts *locks__facts(struct locks *l, pid_t pid, uint64_t word);
/*
 * Copies the bytes around the word. They are valid for threads that wait on it before and after the copy.
 */
void locks__read(struct locks *l, pid_t pid, uint64_t word);
/* The same by another's copy: all bytes, or those from the word on. */
void locks__copied(struct locks *l, pid_t pid, uint64_t word, const uint8_t *lock, size_t bytes);
/* The owner's TID in the target's own namespace, from the last copy; 0: none, or unknown for this kind. The
 * caller must check that it is a thread of the target. */
pid_t locks__owner(struct locks *l, pid_t pid, uint64_t word);
/* Whether the lock has the same owner still, which is read anew; the copy stays. */
bool locks__still_owned(struct locks *l, pid_t pid, uint64_t word);
/* How many threads hold an rwlock for reading, from the last copy; 0: none, or unknown. */
uint64_t locks__readers(struct locks *l, pid_t pid, uint64_t word);
/* The owner, assuming a mutex, before the kind is known. */
pid_t locks__maybe_owner(struct locks *l, pid_t pid, uint64_t word);
/*
 * A writer that waits for an rwlock while readers take it: how often at least, by the number of readers at
 * each reading since it last ran. Of several writers, the first that is given in a reading. time_ns: the
 * reading's; blocked_ns: for how long the writer has not run. After locks__read.
 */
void locks__note_writer(struct locks *l, pid_t pid, uint64_t word, pid_t writer, uint64_t time_ns,
			uint64_t blocked_ns);
/* The writer of the last note; 0: none. */
pid_t locks__noted_writer(struct locks *l, pid_t pid, uint64_t word);
/* As it was noted in this reading; 0: it was not. */
uint64_t locks__taken(struct locks *l, pid_t pid, uint64_t word, uint64_t time_ns);
/* Notes that no thread has the TID that the lock has as its owner's, by the last copy. */
void locks__note_gone(struct locks *l, pid_t pid, uint64_t word, pid_t owner, uint64_t time_ns);
/* Whether that was so before time_ns, and at each reading since the lock has had this owner. */
bool locks__gone_before(struct locks *l, pid_t pid, uint64_t word, pid_t owner, uint64_t time_ns);
void locks__forget(struct locks *l, pid_t pid);

#endif
