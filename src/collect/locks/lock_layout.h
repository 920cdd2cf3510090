/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The position of the futex word in a lock and the meaning of its bytes, by kind and library. 64-bit. Pure.
 *
 * glibc: sysdeps/nptl/bits/struct_mutex.h (lock 0, owner 8, kind 16),
 * struct_rwlock.h (readers 0, wrphase 8, writers 12, cur_writer 24; before 2.25
 * readers wait on 8 and writers on 12 too), thread-shared-types.h
 * (pthread_cond_t: signals at 40 up to 2.40, at 32 from 2.41 on, where the
 * counters of references are gone; futex at 4 before 2.25), internaltypes.h
 * (barrier: current_round 4; before 2.24 curr_event 0).
 * musl 1.1 and 1.2: src/internal/pthread_impl.h (mutex: type 0, lock 4; cond:
 * head 8, tail 40; barrier: instance 24; thread: self 0, tid and detach_state 8 apart).
 */
#ifndef TS_COLLECT_LOCKS_LOCK_LAYOUT_H
#define TS_COLLECT_LOCKS_LOCK_LAYOUT_H

#include <sys/types.h>

#include "waits/wait.h"

/* The bytes needed around any futex word. */
#define LOCK_BYTES_BEFORE TS_LOCK_BEFORE
#define LOCK_BYTES_AFTER  TS_LOCK_AFTER
#define LOCK_CANDIDATES   3

struct lock_bytes {
	uint64_t word;     /* address of the futex word */
	bool read, before; /* valid from the word on; and before it */
	uint8_t bytes[LOCK_BYTES_BEFORE + LOCK_BYTES_AFTER];
};

/*
 * Possible start addresses of the lock, the most likely first; a single one if the layout is unambiguous. 0:
 * the word does not show it (musl's condition variables and barriers wait on a word on a thread's stack).
 */
size_t lock_layout__starts(enum wait_kind kind, enum lock_form form, const struct lock_bytes *b,
			   uint64_t ret[LOCK_CANDIDATES]);
/* The owner's TID in the target's own namespace; 0: none, or unknown. It may not exist.
 */
pid_t lock_layout__owner(enum wait_kind kind, enum lock_form form, const struct lock_bytes *b);

/* The owner of a FILE of glibc: address of its struct pthread; 0: none. */
uint64_t lock_layout__file_owner(const struct lock_bytes *b);
/* How many threads hold an rwlock for reading, by its own count; 0: none, or unknown. */
uint64_t lock_layout__readers(enum wait_kind kind, enum lock_form form, const struct lock_bytes *b);

/* The distance from the word to the start of the on-stack object that musl's waiter of this kind waits on;
 * false: none. */
bool lock_layout__on_stack(enum wait_kind kind, enum lock_form form);

#endif
