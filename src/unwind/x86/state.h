/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers' values along a path of instructions, as far as they are known. Pure. */
#ifndef TS_UNWIND_X86_STATE_H
#define TS_UNWIND_X86_STATE_H

#include "unwind/x86/decode.h"
#include "unwind/x86/registers.h"

/* By the numbers in instructions. Values in memory are those of the target now: what the path itself would
 * store is not followed. */
struct x86_state {
	uint64_t regs[X86_GPRS];
	uint32_t known; /* set of them */
};

typedef bool (*x86_read_fn)(void *arg, uint64_t address, void *buf, size_t size);

/* That of a frame. regs: by DWARF number; known: set of them; exact: it was interrupted there, else it goes
 * on behind a call, which has preserved some. */
struct x86_state x86_of_frame(const uint64_t *regs, uint64_t known, bool exact);
bool x86_known(const struct x86_state *s, unsigned reg, uint64_t *ret);
void x86_forget(struct x86_state *s, unsigned reg);
/* The registers that a call may change. */
void x86_forget_call(struct x86_state *s);
/* The address of its memory operand; next: that of the next instruction. False: unknown, or it has none. */
bool x86_address(const struct x86_state *s, const struct x86_insn *i, uint64_t next, uint64_t *ret);
/* The target of a call or of a jump that leaves the function; 0: unknown. */
uint64_t x86_target(const struct x86_state *s, const struct x86_insn *i, uint64_t next, x86_read_fn read,
		    void *arg);
/* The state behind an instruction that is no jump or call. */
void x86_execute(struct x86_state *s, const struct x86_insn *i, uint64_t next, x86_read_fn read, void *arg);

#endif
