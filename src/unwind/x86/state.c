// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwind/x86/state.h"

#include "unwind/x86/registers.h"

#define BIT(reg) (1u << (reg))

struct step {
	struct x86_state *s;
	const struct x86_insn *i;
	uint64_t next;
	x86_read_fn read;
	void *arg;
};

bool x86_known(const struct x86_state *s, unsigned reg, uint64_t *ret)
{
	if (reg >= X86_GPRS || !(s->known & BIT(reg)))
		return false;
	*ret = s->regs[reg];
	return true;
}

void x86_forget(struct x86_state *s, unsigned reg)
{
	if (reg < X86_GPRS)
		s->known &= ~BIT(reg);
}

static void set(struct x86_state *s, unsigned reg, uint64_t value)
{
	s->regs[reg] = value;
	s->known |= BIT(reg);
}

void x86_forget_call(struct x86_state *s)
{
	s->known &= BIT(X86_RBX) | BIT(X86_RSP) | BIT(X86_RBP) | 0xf000u;
}

bool x86_address(const struct x86_state *s, const struct x86_insn *i, uint64_t next, uint64_t *ret)
{
	uint64_t base = next;

	if (!i->has_modrm || i->mod == 3 || !i->plain_address)
		return false;
	if (i->base != X86_BASE_PC && !x86_known(s, i->base, &base))
		return false;
	*ret = base + (uint64_t)(int64_t)i->displacement;
	return true;
}

static void forget_rm(const struct step *p)
{
	if (p->i->mod == 3)
		x86_forget(p->s, p->i->rm);
}

static void load(const struct step *p, unsigned reg)
{
	uint64_t address, value;

	if (p->i->wide && x86_address(p->s, p->i, p->next, &address) &&
	    p->read(p->arg, address, &value, sizeof(value)))
		set(p->s, reg, value);
	else
		x86_forget(p->s, reg);
}

static void copy(const struct step *p, unsigned to, unsigned from)
{
	uint64_t value;

	if (x86_known(p->s, from, &value))
		set(p->s, to, p->i->wide ? value : value & UINT32_MAX);
	else
		x86_forget(p->s, to);
}

static void pop(const struct step *p, unsigned reg)
{
	uint64_t sp, value;

	if (!x86_known(p->s, X86_RSP, &sp)) {
		x86_forget(p->s, reg);
		return;
	}
	set(p->s, X86_RSP, sp + 8);
	if (p->read(p->arg, sp, &value, sizeof(value)))
		set(p->s, reg, value);
	else
		x86_forget(p->s, reg);
}

static void add(const struct step *p, unsigned reg, int64_t immediate)
{
	uint64_t value;

	if (p->i->wide && x86_known(p->s, reg, &value))
		set(p->s, reg, value + (uint64_t)immediate);
	else
		x86_forget(p->s, reg);
}

/* add, or, adc, sbb, and, sub, xor, cmp by register, memory or accumulator */
static void execute_arithmetic(const struct step *p)
{
	const struct x86_insn *i = p->i;

	if (i->opcode >> 3 == 7)
		return;
	if (!i->has_modrm)
		x86_forget(p->s, X86_RAX);
	else if (i->opcode >> 3 == 6 && i->mod == 3 && i->reg == i->rm)
		set(p->s, i->rm, 0);
	else if (i->opcode & 2)
		x86_forget(p->s, i->reg);
	else
		forget_rm(p);
}

static void execute_immediate(const struct step *p)
{
	const struct x86_insn *i = p->i;
	unsigned which = i->reg & 7;

	if (i->mod != 3 || which == 7)
		return;
	if (i->opcode != 0x80 && (which == 0 || which == 5))
		add(p, i->rm, which ? -i->immediate : i->immediate);
	else
		x86_forget(p->s, i->rm);
}

static void execute_group3(const struct step *p)
{
	unsigned which = p->i->reg & 7;

	if (which == 2 || which == 3)
		forget_rm(p);
	if (which < 4)
		return;
	x86_forget(p->s, X86_RAX);
	x86_forget(p->s, X86_RDX);
}

static void execute_stack(const struct step *p, int64_t change)
{
	uint64_t sp;

	if (x86_known(p->s, X86_RSP, &sp))
		set(p->s, X86_RSP, sp + (uint64_t)change);
}

/* mov of an immediate to a register: only the low byte of one counts with byte registers. */
static void execute_constant(const struct step *p)
{
	const struct x86_insn *i = p->i;

	if (i->opcode >= 0xb8)
		set(p->s, i->rm, i->wide ? (uint64_t)i->immediate : (uint32_t)i->immediate);
	else if (i->rm < 4)
		set(p->s, i->rm, (uint8_t)i->immediate);
	else
		x86_forget(p->s, i->rm);
}

static void execute_leave(const struct step *p)
{
	uint64_t fp;

	if (x86_known(p->s, X86_RBP, &fp))
		set(p->s, X86_RSP, fp);
	else
		x86_forget(p->s, X86_RSP);
	pop(p, X86_RBP);
}

/* Behind the shorter forms: 0x80 and up. */
static void execute_upper(const struct step *p)
{
	const struct x86_insn *i = p->i;
	uint64_t address;

	switch (i->opcode) {
	case 0x80:
	case 0x81:
	case 0x83:
		execute_immediate(p);
		return;
	case 0x84: /* test */
	case 0x85:
	case 0x88: /* a byte to memory or to part of a register */
	case 0xa8:
	case 0xa9:
	case 0x90:
		if (i->opcode == 0x88)
			forget_rm(p);
		return;
	case 0x86:
	case 0x87:
		x86_forget(p->s, i->reg);
		forget_rm(p);
		return;
	case 0x89:
		if (i->mod == 3)
			copy(p, i->rm, i->reg);
		return;
	case 0x8b:
		if (i->mod == 3)
			copy(p, i->reg, i->rm);
		else
			load(p, i->reg);
		return;
	case 0x8d:
		if (i->wide && x86_address(p->s, i, p->next, &address))
			set(p->s, i->reg, address);
		else
			x86_forget(p->s, i->reg);
		return;
	case 0xc7:
		if (i->mod == 3)
			set(p->s, i->rm, i->wide ? (uint64_t)i->immediate : (uint32_t)i->immediate);
		return;
	case 0xc9:
		execute_leave(p);
		return;
	case 0xf6:
	case 0xf7:
		execute_group3(p);
		return;
	case 0xfe:
	case 0xff:
		if ((i->reg & 7) == 6)
			execute_stack(p, -8);
		else
			forget_rm(p);
		return;
	}
	if (i->opcode >= 0xb0 && i->opcode <= 0xbf) {
		execute_constant(p);
	} else if (i->opcode >= 0xa4 && i->opcode <= 0xaf) { /* string instructions */
		x86_forget(p->s, X86_RSI);
		x86_forget(p->s, X86_RDI);
		x86_forget(p->s, X86_RCX);
		x86_forget(p->s, X86_RAX);
	} else if (i->opcode >= 0x91 && i->opcode <= 0x97) {
		x86_forget(p->s, X86_RAX);
		x86_forget(p->s, i->rm);
	} else if (i->has_modrm && (i->opcode < 0xd8 || i->opcode > 0xdf)) { /* not of the x87 */
		forget_rm(p);
		if (i->opcode == 0x8a || i->opcode == 0x8c)
			x86_forget(p->s, i->reg);
	} else {
		x86_forget(p->s, X86_RAX);
		x86_forget(p->s, X86_RDX);
	}
}

static void execute_lower(const struct step *p)
{
	uint8_t op = p->i->opcode;

	if (op < 0x40)
		execute_arithmetic(p);
	else if ((op >= 0x50 && op <= 0x57) || op == 0x68 || op == 0x6a)
		execute_stack(p, -8);
	else if (op >= 0x58 && op <= 0x5f)
		pop(p, p->i->rm);
	else if (op == 0x63 || op == 0x69 || op == 0x6b)
		x86_forget(p->s, p->i->reg);
}

/* Those that write a general register; most others of this map are of vectors. */
static void execute_two_byte(const struct step *p)
{
	const struct x86_insn *i = p->i;
	uint8_t op = i->opcode;

	if ((op >= 0x40 && op <= 0x4f) || op == 0xaf || op == 0x2c || op == 0x2d || op == 0x50 ||
	    op == 0xd7 || op == 0xc5 || (op >= 0xb6 && op <= 0xb8) || (op >= 0xbc && op <= 0xbf) ||
	    op == 0x02 || op == 0x03 || op == 0xc0 || op == 0xc1 /* xadd */)
		x86_forget(p->s, i->reg);
	else if (op == 0xb0 || op == 0xb1) /* cmpxchg */
		x86_forget(p->s, X86_RAX);
	else if (op == 0xa2 || op == 0x31 || op == 0x01 || op == 0x05)
		x86_forget_call(p->s);
	if ((op >= 0x90 && op <= 0x9f) || op == 0x7e || (op >= 0xa3 && op <= 0xbb && op != 0xaf) ||
	    op == 0xb0 || op == 0xb1 || op == 0xc0 || op == 0xc1)
		forget_rm(p);
	else if (op >= 0xc8 && op <= 0xcf)
		x86_forget(p->s, i->rm);
}

void x86_execute(struct x86_state *s, const struct x86_insn *i, uint64_t next, x86_read_fn read, void *arg)
{
	const struct step p = {.s = s, .i = i, .next = next, .read = read, .arg = arg};

	if (i->vector || i->map > 1)
		x86_forget(s, i->reg); /* a few write one */
	else if (i->map == 1)
		execute_two_byte(&p);
	else if (i->opcode < 0x80)
		execute_lower(&p);
	else
		execute_upper(&p);
}
