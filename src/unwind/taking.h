/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function does with a semaphore between two of its places: takes it (sem_wait), or gives it back
 * (sem_post). Its instructions are followed along all ways, with the registers of a frame. Pure, but for the
 * callbacks.
 */
#ifndef TS_UNWIND_TAKING_H
#define TS_UNWIND_TAKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum taking {
	TAKING_NOTHING, /* it does neither */
	TAKING_HELD,    /* takes it, and has not given it back */
	TAKING_GIVEN,   /* gives it back */
	TAKING_AGAIN,   /* takes it although it has it, as a worker does that gets its next job */
	TAKING_UNKNOWN, /* it depends on the way, or could not be followed */
};

/* A call, or a jump out of the function. */
struct taking_call {
	uint64_t target;   /* 0: not known */
	uint64_t argument; /* the first one */
	bool argument_known;
	bool *ret_ends; /* it does not return */
	bool *ret_zero; /* it returns 0 if it has taken it */
};

struct taking_code {
	const uint8_t *bytes; /* from the first instruction of the function on */
	size_t size;
	uint64_t address;     /* of bytes[0] */
	const uint64_t *regs; /* by DWARF number: those that calls preserve are taken to be so throughout */
	uint64_t known;       /* set of them */
	uint64_t argument;    /* the first one, where the function begins */
	bool argument_known;
	/* Of the target; bounded by the caller. */
	bool (*read)(void *arg, uint64_t address, void *buf, size_t size);
	enum taking (*call)(void *arg, const struct taking_call *call);
	void *arg;
};

/* From the function's first instruction to that place, behind a call. */
enum taking taking__until(const struct taking_code *c, size_t place);
/* From the first instruction until it returns. What cannot be followed, and has done neither so far, is taken
 * to do nothing. */
enum taking taking__through(const struct taking_code *c);
/*
 * From a place on where the thread holds it, and a call that has taken it may just have returned.
 * TAKING_GIVEN: it gives it back before it returns, and before it takes it again. TAKING_HELD: it returns
 * with it, so that its caller may give it back.
 */
enum taking taking__after(const struct taking_code *c, size_t place, bool zero);

#endif
