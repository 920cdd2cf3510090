/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From registers and stack memory to a list of addresses, by call frame information (.eh_frame,
 * .debug_frame); each rule is looked up once per program counter. Frame pointers are used only where a module
 * has no rule.
 */
#ifndef TS_UNWIND_UNWIND_H
#define TS_UNWIND_UNWIND_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/threadscope.h"
#include "facts/stack.h"
#include "symbols/symbols.h"

struct unwinder;

struct stack_memory {
	uint64_t start;       /* address of bytes[0] */
	const uint8_t *bytes; /* what was copied with the registers; may be NULL */
	size_t len;
	const struct process *beyond; /* if not NULL, other memory is read from it */
};

#define STACK_ROOM       1024  /* frames kept of one stack */
#define STACK_OUTER_ROOM 256   /* of these, of its outer end, if it is deeper */
#define STACK_STEPS_MAX  32768 /* frames walked to find that end; a deeper stack is cut there */
#define STACK_LEFT_OUT   2     /* in exact: the entry is no frame, its pc is how many are left out here */

struct stack {
	uint64_t pcs[STACK_ROOM];  /* innermost first: [0] is a pc, the others are return addresses unless
				      marked */
	uint8_t exact[STACK_ROOM]; /* 1: pcs[i] is a pc itself (innermost, interrupted by a signal, or the
				code that returns from the handler) */
	size_t count;
	enum stack_end end;
};

/* s is borrowed. */
struct unwinder *unwinder__new(struct symbolizer *s);
void unwinder__free(struct unwinder *u); /* NULL is fine */
/* Forgets cached rules: after symbolizer__refresh returned 1. */
void unwinder__forget(struct unwinder *u);

/* Code generated at run time may have changed: its rules are rebuilt. Call once per interval.
 */
void unwinder__renew(struct unwinder *u);

/* Walks from regs. first_is_return: regs->r[TS_REG_PC] is a return address (a walk is continued), else
 * where the thread stands. Always leaves ret valid; bounded by the array and by memory. */
void unwinder__walk(struct unwinder *u, const struct ts_regs *regs, bool first_is_return,
		    const struct stack_memory *memory, struct stack *ret);

/* The registers of the caller that so many steps lead to; false: that far it does not get. One that is not
 * known is 0. */
bool unwinder__registers(struct unwinder *u, const struct ts_regs *regs, bool first_is_return,
			 const struct stack_memory *memory, size_t steps, struct ts_regs *ret);
/* A frame with its registers, as far as they are known: those that its callees preserve. */
struct frame_state {
	uint64_t regs[TS_NREGS]; /* by DWARF number, the pc among them */
	uint64_t known;          /* set of them */
	bool exact;              /* as in struct stack: all registers are the frame's own */
};
/* The same walk. Returns how many of the frames are in ret, innermost first. */
size_t unwinder__frames(struct unwinder *u, const struct ts_regs *regs, const struct stack_memory *memory,
			struct frame_state *ret, size_t room);

/*
 * The rule at pc in the compact form that the BPF side can follow (kind
 * TS_CFI_COMPLEX where it cannot). is_return: the rule of the call before pc, to be stored under pc. -ENOENT:
 * no rule.
 */
int unwinder__row(struct unwinder *u, uint64_t pc, bool is_return, struct ts_cfi_row *ret);

#endif
