/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an x86-64 instruction does to the stack pointer and to the way that the program goes. Pure. */
#ifndef TS_UNWIND_X86_EFFECTS_H
#define TS_UNWIND_X86_EFFECTS_H

#include "unwind/x86/decode.h"

enum x86_flow {
	X86_ONWARD,
	X86_BRANCH, /* there or onward */
	X86_CALL,
	X86_JUMP,
	X86_ANYWHERE, /* a jump to where a register or memory says */
	X86_NOWHERE,  /* a return, a trap */
};

enum x86_flow x86_flow(const struct x86_insn *i);
/* Its result goes to the stack pointer; pushes and pops aside. */
bool x86_writes_sp(const struct x86_insn *i);

#endif
