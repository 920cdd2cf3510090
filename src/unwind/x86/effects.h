/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an x86-64 instruction does to registers, the stack pointer and the control flow. Pure. */
#ifndef TS_UNWIND_X86_EFFECTS_H
#define TS_UNWIND_X86_EFFECTS_H

#include "unwind/x86/decode.h"

enum x86_flow {
	X86_ONWARD,
	X86_BRANCH, /* there or to the next instruction */
	X86_CALL,
	X86_JUMP,
	X86_ANYWHERE, /* a jump to an address in a register or memory */
	X86_NOWHERE,  /* a return, a trap */
};

enum x86_flow x86_flow(const struct x86_insn *i);
/* The general registers that it may change, as a set by their numbers: of some instructions more than it
 * does. Without what the function that it calls changes, and the stack pointer of push, pop, call and return.
 */
uint32_t x86_writes(const struct x86_insn *i);
/* Whether it writes the stack pointer so. */
bool x86_writes_sp(const struct x86_insn *i);
/* What push and pop add to the stack pointer; 0: another instruction. */
int x86_stack_change(const struct x86_insn *i);

#endif
