// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwind/x86/state.h"

#include "unwind/row.h"
#include "unwind/x86/effects.h"
#include "unwind/x86/registers.h"

struct step {
	struct x86_state *s;
	const struct x86_insn *i;
	uint64_t next;
	x86_read_fn read;
	void *arg;
};

static void set(struct x86_state *s, unsigned reg, uint64_t value)
{
	s->regs[reg] = value;
	s->known |= X86_REG(reg);
}

struct x86_state x86_of_frame(const uint64_t *regs, uint64_t known, bool exact)
{
	static const uint8_t DWARF_NUMBERS[X86_GPRS] = {0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};
	struct x86_state s = {0};

	known = exact ? known : known & REGS_PRESERVED;
	for (unsigned i = 0; i < X86_GPRS; i++)
		if (known & REG_BIT(DWARF_NUMBERS[i]))
			set(&s, i, regs[DWARF_NUMBERS[i]]);
	return s;
}

bool x86_known(const struct x86_state *s, unsigned reg, uint64_t *ret)
{
	if (reg >= X86_GPRS || !(s->known & X86_REG(reg)))
		return false;
	*ret = s->regs[reg];
	return true;
}

void x86_forget(struct x86_state *s, unsigned reg)
{
	if (reg < X86_GPRS)
		s->known &= ~X86_REG(reg);
}

void x86_forget_call(struct x86_state *s)
{
	s->known &= X86_PRESERVED;
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

/* mov of an immediate to a register: only the low byte of one counts with byte registers. */
static bool constant(const struct step *p)
{
	const struct x86_insn *i = p->i;

	if (i->opcode >= 0xb8)
		set(p->s, i->rm, i->wide ? (uint64_t)i->immediate : (uint32_t)i->immediate);
	else if (i->rm < 4)
		set(p->s, i->rm, (uint8_t)i->immediate);
	return i->opcode >= 0xb8 || i->rm < 4;
}

static void leave(const struct step *p)
{
	uint64_t fp;

	if (x86_known(p->s, X86_RBP, &fp))
		set(p->s, X86_RSP, fp);
	else
		x86_forget(p->s, X86_RSP);
	pop(p, X86_RBP);
}

/* xor of a register with itself, as of constants */
static bool clear(const struct step *p)
{
	const struct x86_insn *i = p->i;

	if (i->mod != 3 || i->reg != i->rm || (!(i->opcode & 1) && i->rm >= 4))
		return false;
	set(p->s, i->rm, 0);
	return true;
}

/* lea */
static bool address(const struct step *p)
{
	uint64_t value;

	if (!p->i->wide || !x86_address(p->s, p->i, p->next, &value))
		return false;
	set(p->s, p->i->reg, value);
	return true;
}

/* The instructions whose results are computed. False: another one, or its result is not known. */
static bool compute(const struct step *p)
{
	const struct x86_insn *i = p->i;
	const unsigned which = i->reg & 7;

	if (i->opcode >= 0x58 && i->opcode <= 0x5f) {
		pop(p, i->rm);
		return true;
	}
	if (i->opcode >= 0xb0 && i->opcode <= 0xbf)
		return constant(p);
	switch (i->opcode) {
	case 0x30:
	case 0x31:
	case 0x32:
	case 0x33:
		return clear(p);
	case 0x81:
	case 0x83:
		if (i->mod != 3 || (which != 0 && which != 5))
			return false;
		add(p, i->rm, which ? -i->immediate : i->immediate);
		return true;
	case 0x89:
		if (i->mod == 3)
			copy(p, i->rm, i->reg);
		return true;
	case 0x8b:
		if (i->mod == 3)
			copy(p, i->reg, i->rm);
		else
			load(p, i->reg);
		return true;
	case 0x8d:
		return address(p);
	case 0xc7:
		if (i->mod == 3)
			set(p->s, i->rm, i->wide ? (uint64_t)i->immediate : (uint32_t)i->immediate);
		return true;
	case 0xc9:
		leave(p);
		return true;
	}
	return false;
}

void x86_execute(struct x86_state *s, const struct x86_insn *i, uint64_t next, x86_read_fn read, void *arg)
{
	const struct step p = {.s = s, .i = i, .next = next, .read = read, .arg = arg};
	uint64_t sp;

	if (!i->vector && !i->map && !i->narrow && compute(&p))
		return;
	s->known &= ~x86_writes(i);
	if (x86_known(s, X86_RSP, &sp))
		set(s, X86_RSP, sp + (uint64_t)(int64_t)x86_stack_change(i));
}

uint64_t x86_target(const struct x86_state *s, const struct x86_insn *i, uint64_t next, x86_read_fn read,
		    void *arg)
{
	uint64_t address = 0;

	if (i->opcode != 0xff)
		return next + (uint64_t)i->immediate;
	if (i->mod == 3)
		return x86_known(s, i->rm, &address) ? address : 0;
	if (!x86_address(s, i, next, &address) || !read(arg, address, &address, sizeof(address)))
		return 0;
	return address;
}
