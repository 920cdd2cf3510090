/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One step of a walk: from a frame's registers to its caller's. */
#ifndef TS_UNWIND_STEP_H
#define TS_UNWIND_STEP_H

#include "unwind/rules.h"
#include "unwind/walk_memory.h"

struct unwinder {
	struct rules rules;
	struct walk_memory memory;
	unsigned int deep_left; /* walks to the end of a deep stack, in this interval */
};

/* One frame's registers, as far as they are known. */
struct frame_regs {
	uint64_t regs[NREGS];
	uint64_t known;    /* of registers */
	bool exact;        /* pc is the current instruction, not a return address */
	uint64_t other_sp; /* an alternative stack pointer; 0: none */
};

enum step {
	STEP_UP,   /* there is a caller */
	STEP_END,  /* this was the outermost frame */
	STEP_LOST, /* no rule, no memory, or nonsense */
};

/* Turns f into its caller's, if there is one. is_signal_return: this frame is the code that ends a signal
 * handler. It was not called, so its pc is not a return address either. */
enum step step__up(struct unwinder *u, struct frame_regs *f, bool *is_signal_return);
bool step__is_code(struct unwinder *u, uint64_t address);
/* A return address as it is in memory or a register, without the signature that it may have there. */
uint64_t step__unsigned_return(struct unwinder *u, uint64_t address);

#endif
