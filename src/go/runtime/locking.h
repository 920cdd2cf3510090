/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The locks that a function holds at a place in it, by what its code does on every way to there: Go's
 * compiler inlines the quick part of Lock and Unlock, so that is an instruction and not a call. Nothing is
 * known of functions that it cannot follow, and of other processors than our own. Pure: arch_x86.c,
 * arch_arm64.c.
 */
#ifndef TS_GO_RUNTIME_LOCKING_H
#define TS_GO_RUNTIME_LOCKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GO_HELD_MAX   16
#define GO_DEREFS_MAX 3

enum go_lock_effect {
	GO_LOCK_SLOW, /* the slow part of Lock, behind the quick one in the caller */
	GO_LOCK,
	GO_UNLOCK,
	GO_LOCK_RW, /* of a descriptor's lock: the second argument says which part */
};

/* A function that locks or unlocks. Its first argument is the lock's address + offset. */
struct go_lock_call {
	uint64_t to;
	enum go_lock_effect effect;
	int offset;
	bool read; /* the part that several may hold, or of a descriptor's lock that of readers */
};

struct go_lock_code {
	const uint8_t *code; /* a function, whole */
	size_t size;
	uint64_t start;
	const struct go_lock_call *calls;
	size_t call_count;
	size_t *steps_left; /* instructions that may be followed */
};

/* Where it is found: base, then the words that it leads to, then an offset. */
struct go_held {
	enum go_held_base {
		GO_HELD_ADDRESS, /* base is the lock's address itself */
		GO_HELD_SLOT,    /* the word at base from the stack pointer at the place */
		GO_HELD_WORD,    /* the word at that address */
	} from;
	int64_t base;
	int64_t derefs[GO_DEREFS_MAX]; /* offsets of further words */
	size_t deref_count;
	int64_t offset;
	bool read;
	bool of_receiver; /* member is its offset in what the function's first argument points to */
	int64_t member;
	bool released;    /* not held: it has unlocked it, as functions do that expect it locked */
	size_t locked_at; /* offset in the code of the instruction that took it */
};

/* at: offset of the next instruction at the place; behind_call: a call ends there, in which the goroutine is.
 * Returns their number. */
size_t go_locking__held(const struct go_lock_code *c, size_t at, bool behind_call, struct go_held *list);

#endif
