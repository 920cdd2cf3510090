/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lengths of x86-64 instructions, and their effects on the stack. Pure. */
#ifndef TS_UNWIND_X86_DECODE_H
#define TS_UNWIND_X86_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define X86_LONGEST 15
#define X86_BASE_PC 16

struct x86_insn {
	size_t length;
	uint8_t map; /* opcode map: 0 one byte, 1 behind 0f, 2 behind 0f 38, 3 behind 0f 3a */
	uint8_t opcode;
	bool vector; /* VEX or EVEX: changes no general register that matters here */
	bool rex;    /* any REX */
	bool wide;   /* REX.W */
	bool narrow; /* 66 without it: 16 bits, unless it is of bytes or vectors */
	bool locked; /* LOCK */
	bool has_modrm;
	uint8_t mod, reg, rm; /* of ModRM, with REX.R and REX.B */
	bool sp_based;        /* its memory operand is displacement(%rsp) */
	bool fp_based;        /* ... displacement(%rbp) */
	bool plain_address;   /* ... displacement(base), in no segment of its own */
	uint8_t base;         /* then: the register; X86_BASE_PC: the next instruction's address */
	int32_t displacement;
	int64_t immediate; /* sign-extended; of a jump or call: relative to the next instruction */
};

/* False: it does not end within size bytes, or is unknown. */
bool x86_decode(const uint8_t *code, size_t size, struct x86_insn *ret);

#endif
