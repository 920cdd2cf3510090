/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether code that goes on behind a call unlocks a lock before it locks it: then it holds the lock. For
 * locks that keep no owner. Follows the instructions along all paths, with the registers of that frame. Pure,
 * but for the callbacks.
 */
#ifndef TS_UNWIND_HOLDING_H
#define TS_UNWIND_HOLDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "facts/kinds.h"

struct holding_code {
	const uint8_t *bytes; /* the function, or the part of it that could be read */
	size_t size;
	uint64_t address;     /* of bytes[0] */
	size_t at;            /* where it goes on */
	const uint64_t *regs; /* by DWARF number */
	uint64_t known;       /* set of them */
	bool exact; /* it was interrupted there: all of them are valid, not only those that calls preserve */
	uint64_t lock;  /* address; 0: any lock */
	bool any_store; /* whatever is stored there unlocks it: of what is done once */
	/* Of the target; bounded by the caller. */
	bool (*read)(void *arg, uint64_t address, void *buf, size_t size);
	enum holding_call (*call)(void *arg, uint64_t target);
	void *arg;
};

enum holding {
	HOLDING_UNKNOWN, /* no instruction could be followed, or too many */
	HOLDING_NOTHING, /* it does neither before it returns */
	HOLDING_LOCKS,
	HOLDING_UNLOCKS, /* on one path at least */
};

/* Of the processor that is built for; HOLDING_UNKNOWN where its instructions are not followed yet. */
enum holding holding__next(const struct holding_code *c);
/*
 * Whether the code waits where it is, in a loop that does nothing but try to change one word by an atomic
 * instruction, as spin locks do. Returns the word's address; 0: no such loop, or not known. Not exact: the
 * loop also has the call behind which the code goes on, as of sched_yield. c->lock and c->call do not count.
 */
uint64_t holding__spins_for(const struct holding_code *c);
/* The register in which a function gets its first argument; 0: it is not in known, or the processor is not
 * followed yet. regs: by DWARF number; known: set of them. */
uint64_t holding__argument(const uint64_t *regs, uint64_t known);

#endif
