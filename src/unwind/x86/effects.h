/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The effect of an x86-64 instruction on the stack pointer and on the control flow. Pure. */
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
/* Whether it writes the stack pointer, other than by push and pop. */
bool x86_writes_sp(const struct x86_insn *i);

#endif
