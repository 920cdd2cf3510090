/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unwind/x86/effects.h"

#include "unwind/x86/registers.h"

/* Of bytes, the numbers 4 to 7 are ah, ch, dh and bh; behind REX parts of rsp, rbp, rsi and rdi. */
static uint32_t byte_reg(const struct x86_insn *i, unsigned n)
{
	return X86_REG(n < 4 || n > 7 || i->rex ? n : n & 3);
}

static uint32_t operand(const struct x86_insn *i)
{
	return i->mod == 3 ? X86_REG(i->rm) : 0;
}

static uint32_t byte_operand(const struct x86_insn *i)
{
	return i->mod == 3 ? byte_reg(i, i->rm) : 0;
}

/* Of instructions that may move a vector to a register, and others between vectors. */
static uint32_t moved_operand(const struct x86_insn *i)
{
	return operand(i) & ~X86_REG(X86_RSP);
}

/* add, or, adc, sbb, and, sub, xor, cmp: by the low bits of the opcode */
static uint32_t arithmetic(const struct x86_insn *i)
{
	if (i->opcode >> 3 == 7)
		return 0;
	switch (i->opcode & 7) {
	case 0:
		return byte_operand(i);
	case 1:
		return operand(i);
	case 2:
		return byte_reg(i, i->reg);
	case 3:
		return X86_REG(i->reg);
	}
	return X86_REG(X86_RAX);
}

/* The groups whose instruction is a part of ModRM. */
static uint32_t group(const struct x86_insn *i)
{
	const unsigned which = i->reg & 7;

	switch (i->opcode) {
	case 0x80:
		return which == 7 ? 0 : byte_operand(i);
	case 0x81:
	case 0x83:
		return which == 7 ? 0 : operand(i);
	case 0xf6:
		return which < 2 ? 0 : which < 4 ? byte_operand(i) : X86_REG(X86_RAX);
	case 0xf7:
		return which < 2 ? 0 : which < 4 ? operand(i) : X86_REG(X86_RAX) | X86_REG(X86_RDX);
	case 0xfe:
		return byte_operand(i);
	default: /* 0xff */
		return which < 2 ? operand(i) : 0;
	}
}

static uint32_t one_byte(const struct x86_insn *i)
{
	const uint8_t op = i->opcode;

	if (op < 0x40)
		return arithmetic(i);
	if (op >= 0x58 && op <= 0x5f)
		return X86_REG(i->rm);
	if (op >= 0x91 && op <= 0x97)
		return X86_REG(X86_RAX) | X86_REG(i->rm);
	if (op >= 0xb0 && op <= 0xbf)
		return op < 0xb8 ? byte_reg(i, i->rm) : X86_REG(i->rm);
	if ((op >= 0x6c && op <= 0x6f) || (op >= 0xa4 && op <= 0xa7) || (op >= 0xaa && op <= 0xaf))
		return X86_REG(X86_RAX) | X86_REG(X86_RCX) | X86_REG(X86_RSI) | X86_REG(X86_RDI);
	switch (op) {
	case 0x63:
	case 0x69:
	case 0x6b:
	case 0x8b:
	case 0x8d:
		return X86_REG(i->reg);
	case 0x80:
	case 0x81:
	case 0x83:
	case 0xf6:
	case 0xf7:
	case 0xfe:
	case 0xff:
		return group(i);
	case 0x86:
		return byte_reg(i, i->reg) | byte_operand(i);
	case 0x87:
		return X86_REG(i->reg) | operand(i);
	case 0x88:
	case 0xc0:
	case 0xc6:
	case 0xd0:
	case 0xd2:
		return byte_operand(i);
	case 0x89:
	case 0x8c:
	case 0x8f:
	case 0xc1:
	case 0xc7:
	case 0xd1:
	case 0xd3:
		return operand(i);
	case 0x8a:
		return byte_reg(i, i->reg);
	case 0x90: /* xchg with r8, or no operation */
		return i->rm ? X86_REG(X86_RAX) | X86_REG(i->rm) : 0;
	case 0x98: /* cwde */
	case 0x9f: /* lahf */
	case 0xa0: /* mov from an address */
	case 0xa1:
	case 0xcd: /* int */
	case 0xd7: /* xlat */
	case 0xe4: /* in */
	case 0xe5:
	case 0xec:
	case 0xed:
		return X86_REG(X86_RAX);
	case 0x99: /* cdq */
		return X86_REG(X86_RDX);
	case 0xc8: /* enter, leave */
	case 0xc9:
		return X86_REG(X86_RSP) | X86_REG(X86_RBP);
	case 0xdf: /* fnstsw */
		return i->mod == 3 ? X86_REG(X86_RAX) : 0;
	case 0xe0: /* loop */
	case 0xe1:
	case 0xe2:
		return X86_REG(X86_RCX);
	}
	return 0;
}

/* Those of the system, of random numbers and of counters, and cmpxchg16b. */
static uint32_t two_byte_system(const struct x86_insn *i)
{
	const uint32_t pair = X86_REG(X86_RAX) | X86_REG(X86_RDX);

	switch (i->opcode) {
	case 0x00:
	case 0x20:
	case 0x21:
		return operand(i);
	case 0x01: /* xgetbv, rdtscp */
		return i->mod == 3 ? pair | X86_REG(X86_RCX) | ((i->reg & 7) == 4 ? operand(i) : 0) : 0;
	case 0x05:
		return X86_REG(X86_RAX) | X86_REG(X86_RCX) | X86_REG(X86_R11);
	case 0x1e: /* rdssp; else no operation */
		return (i->reg & 7) == 1 ? operand(i) : 0;
	case 0x31:
	case 0x32:
	case 0x33:
		return pair;
	case 0xa2:
		return pair | X86_REG(X86_RBX) | X86_REG(X86_RCX);
	case 0xae: /* rdfsbase; else fences */
		return (i->reg & 7) < 2 ? operand(i) : 0;
	case 0xc7:
		return i->mod == 3 ? operand(i) : pair;
	}
	return 0;
}

static uint32_t two_byte(const struct x86_insn *i)
{
	const uint8_t op = i->opcode;

	if (op >= 0x40 && op <= 0x4f) /* cmov */
		return X86_REG(i->reg);
	if (op >= 0x90 && op <= 0x9f) /* set */
		return byte_operand(i);
	if (op >= 0xc8 && op <= 0xcf) /* bswap */
		return X86_REG(i->rm);
	switch (op) {
	case 0x02: /* lar, lsl */
	case 0x03:
	case 0x2c: /* from vectors */
	case 0x2d:
	case 0x50:
	case 0xc5:
	case 0xd7:
	case 0xaf: /* imul */
	case 0xb2: /* lss, lfs, lgs */
	case 0xb4:
	case 0xb5:
	case 0xb6: /* movzx */
	case 0xb7:
	case 0xb8: /* popcnt */
	case 0xbc: /* bsf, bsr */
	case 0xbd:
	case 0xbe: /* movsx */
	case 0xbf:
		return X86_REG(i->reg);
	case 0x7e:
		return moved_operand(i);
	case 0xa4: /* shld, shrd */
	case 0xa5:
	case 0xac:
	case 0xad:
	case 0xab: /* bts, btr, btc */
	case 0xb3:
	case 0xbb:
		return operand(i);
	case 0xba:
		return (i->reg & 7) == 4 ? 0 : operand(i);
	case 0xb0: /* cmpxchg */
		return X86_REG(X86_RAX) | byte_operand(i);
	case 0xb1:
		return X86_REG(X86_RAX) | operand(i);
	case 0xc0: /* xadd */
		return byte_reg(i, i->reg) | byte_operand(i);
	case 0xc1:
		return X86_REG(i->reg) | operand(i);
	}
	return two_byte_system(i);
}

/* Behind 0f 38 and 0f 3a. */
static uint32_t three_byte(const struct x86_insn *i)
{
	if (i->map == 2) /* movbe, crc32, adcx */
		return i->opcode == 0xf0 || i->opcode == 0xf1 || i->opcode == 0xf6 ? X86_REG(i->reg) : 0;
	if (i->opcode >= 0x14 && i->opcode <= 0x17) /* pextr */
		return moved_operand(i);
	return i->opcode == 0x61 || i->opcode == 0x63 ? X86_REG(X86_RCX) : 0; /* pcmpestri, pcmpistri */
}

/* The fourth bits of registers in VEX and EVEX are not decoded. */
static uint32_t either(unsigned n)
{
	return (X86_REG(n & 7) | X86_REG((n & 7) + 8)) & ~X86_REG(X86_RSP);
}

static uint32_t vector_three_byte(const struct x86_insn *i)
{
	if (i->map == 2) {
		/* blsr and mulx write the register that only VEX names: it may be any. */
		if (i->opcode == 0xf3 || i->opcode == 0xf6)
			return X86_ALL_REGS & ~X86_REG(X86_RSP);
		return i->opcode >= 0xf2 && i->opcode <= 0xf7 ? either(i->reg) : 0;
	}
	if (i->opcode == 0xf0) /* rorx */
		return either(i->reg);
	if (i->opcode >= 0x14 && i->opcode <= 0x17)
		return i->mod == 3 ? either(i->rm) : 0;
	return three_byte(i);
}

static uint32_t vector_two_byte(const struct x86_insn *i)
{
	switch (i->opcode) {
	case 0x2c:
	case 0x2d:
	case 0x50:
	case 0x78:
	case 0x79:
	case 0x93:
	case 0xc5:
	case 0xd7:
		return either(i->reg);
	case 0x7e:
		return i->mod == 3 ? either(i->rm) : 0;
	}
	return 0;
}

uint32_t x86_writes(const struct x86_insn *i)
{
	if (i->vector)
		return i->map == 1 ? vector_two_byte(i) : vector_three_byte(i);
	if (i->map > 1)
		return three_byte(i);
	return i->map ? two_byte(i) : one_byte(i);
}

bool x86_writes_sp(const struct x86_insn *i)
{
	return x86_writes(i) & X86_REG(X86_RSP);
}

int x86_stack_change(const struct x86_insn *i)
{
	const uint8_t op = i->opcode;

	if (i->vector || i->map)
		return 0; /* of fs and gs no compiler makes one */
	if ((op >= 0x50 && op <= 0x57) || op == 0x68 || op == 0x6a || op == 0x9c ||
	    (op == 0xff && (i->reg & 7) == 6))
		return -8;
	return (op >= 0x58 && op <= 0x5f) || op == 0x8f || op == 0x9d ? 8 : 0;
}

enum x86_flow x86_flow(const struct x86_insn *i)
{
	if (i->vector)
		return X86_ONWARD;
	if (i->map == 1 && i->opcode >= 0x80 && i->opcode <= 0x8f)
		return X86_BRANCH;
	if (i->map)
		return i->map == 1 && i->opcode == 0x0b ? X86_NOWHERE : X86_ONWARD; /* ud2 */
	switch (i->opcode) {
	case 0xc2:
	case 0xc3:
	case 0xca:
	case 0xcb:
	case 0xcc:
	case 0xcf:
	case 0xf4:
		return X86_NOWHERE;
	case 0xe8:
		return X86_CALL;
	case 0xe9:
	case 0xeb:
		return X86_JUMP;
	case 0xff:
		return (i->reg & 7) == 4 || (i->reg & 7) == 5 ? X86_ANYWHERE : X86_ONWARD;
	}
	return (i->opcode >= 0x70 && i->opcode <= 0x7f) || (i->opcode >= 0xe0 && i->opcode <= 0xe3)
		       ? X86_BRANCH
		       : X86_ONWARD;
}
