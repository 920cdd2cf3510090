/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an instruction does to registers and slots; what is not understood holds nothing known afterwards. */
#include "go/runtime/x86_values.h"

#include <string.h>

#define ENTRY_KEYS 4096 /* slots further away than that from the entry's stack pointer are not followed */

bool value__same(const struct value *a, const struct value *b)
{
	return a->kind == b->kind && a->offset == b->offset &&
	       (a->kind != VALUE_POINTER || a->origin == b->origin);
}

int64_t value__sum(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

int origins__get(struct origins *o, struct origin want)
{
	for (int i = 0; i < o->count; i++)
		if (o->list[i].kind == want.kind && o->list[i].at == want.at && o->list[i].from == want.from)
			return i;
	if (o->count == X86_ORIGINS)
		return -1;
	o->list[o->count] = want;
	return o->count++;
}

static struct value pointer(struct origins *o, struct origin from)
{
	int origin = origins__get(o, from);
	struct value v = {.kind = VALUE_POINTER, .origin = origin};

	if (origin < 0)
		v = (struct value){0};
	return v;
}

void x86_values__start(struct x86_values *s, struct origins *o)
{
	memset(s, 0, sizeof(*s));
	for (int i = 0; i < X86_GPRS; i++)
		if (i != X86_RSP)
			s->regs[i] = pointer(o, (struct origin){.kind = ORIGIN_ARGUMENT, .at = i});
}

/* ---- slots -------------------------------------------------------------------------- */

static struct slot *find_slot(struct x86_values *s, int64_t key)
{
	for (size_t i = 0; i < s->slot_count; i++)
		if (s->slots[i].key == key)
			return &s->slots[i];
	return NULL;
}

static void forget_slots(struct x86_values *s, int64_t key, int64_t bytes)
{
	for (size_t i = s->slot_count; i-- > 0;)
		if (s->slots[i].key + 8 > key && s->slots[i].key < key + bytes)
			s->slots[i] = s->slots[--s->slot_count];
}

static void store_slot(struct x86_values *s, int64_t key, struct value v)
{
	forget_slots(s, key, 8);
	if (v.kind != VALUE_NONE && s->slot_count < X86_SLOTS && key > -(1 << 20) && key < ENTRY_KEYS)
		s->slots[s->slot_count++] = (struct slot){key, v};
}

int x86_values__meet(struct x86_values *old, const struct x86_values *s)
{
	struct x86_values before = *old;

	if (old->depth != s->depth)
		return -1;
	for (int i = 0; i < X86_GPRS; i++)
		if (!value__same(&old->regs[i], &s->regs[i]))
			old->regs[i] = (struct value){0};
	for (size_t i = old->slot_count; i-- > 0;) {
		const struct slot *other = find_slot((struct x86_values *)s, old->slots[i].key);

		if (!other || !value__same(&other->value, &old->slots[i].value))
			old->slots[i] = old->slots[--old->slot_count];
	}
	for (int i = 0; i < X86_RECORDS; i++)
		old->held[i] |= s->held[i];
	return memcmp(&before, old, sizeof(before)) != 0;
}

/* ---- operands ----------------------------------------------------------------------- */

static bool of_slot(const struct x86_insn *i)
{
	return i->has_modrm && i->mod != 3 && i->sp_based;
}

static int64_t key_of(const struct x86_values *s, const struct x86_insn *i)
{
	return i->displacement - s->depth;
}

struct value x86_values__operand(const struct x86_values *s, const struct x86_insn *i, uint64_t next)
{
	struct value v = {0};

	if (!i->has_modrm || i->mod == 3 || (i->rm & 7) == 4)
		return v;
	if (!i->mod && (i->rm & 7) == 5)
		return (struct value){.kind = VALUE_ADDRESS, .offset = (int64_t)next + i->displacement};
	v = s->regs[i->rm];
	if (v.kind != VALUE_ADDRESS && v.kind != VALUE_POINTER)
		return (struct value){0};
	v.offset = value__sum(v.offset, i->displacement);
	return v;
}

/* What a load of 8 bytes gives. */
static struct value loaded(struct x86_values *s, struct origins *o, const struct x86_insn *i, uint64_t next)
{
	struct value v = {0}, where;
	const struct slot *known;

	if (of_slot(i)) {
		known = find_slot(s, key_of(s, i));
		if (known)
			return known->value;
		v = pointer(o, (struct origin){.kind = ORIGIN_SLOT, .at = key_of(s, i)});
		store_slot(s, key_of(s, i), v);
		return v;
	}
	where = x86_values__operand(s, i, next);
	if (where.kind == VALUE_ADDRESS)
		return pointer(o, (struct origin){.kind = ORIGIN_WORD, .at = where.offset});
	if (where.kind == VALUE_POINTER)
		return pointer(
			o, (struct origin){.kind = ORIGIN_FIELD, .at = where.offset, .from = where.origin});
	return v;
}

/* ---- instructions ------------------------------------------------------------------- */

static void set(struct x86_values *s, unsigned reg, struct value v)
{
	if (reg < X86_GPRS && reg != X86_RSP)
		s->regs[reg] = v;
}

static void lose(struct x86_values *s, uint32_t regs)
{
	for (unsigned i = 0; i < X86_GPRS; i++)
		if (regs & X86_REG(i))
			set(s, i, (struct value){0});
}

void x86_values__call(struct x86_values *s)
{
	lose(s, X86_ALL_REGS);
}

static bool stack_pointer(struct x86_values *s, const struct x86_insn *i)
{
	bool arithmetic = !i->map && (i->opcode == 0x81 || i->opcode == 0x83) && i->mod == 3;

	if (arithmetic && (i->reg & 7) == 5)
		s->depth += i->immediate;
	else if (arithmetic && (i->reg & 7) == 0)
		s->depth -= i->immediate;
	else if (!i->map && i->opcode == 0x8d && i->sp_based)
		s->depth -= i->displacement;
	else
		return false;
	return true;
}

/* The usual moves. False: another instruction. */
static bool move(struct x86_values *s, struct origins *o, const struct x86_insn *i, uint64_t next)
{
	struct value v = {0};

	if (i->opcode >= 0xb8 && i->opcode <= 0xbf) {
		set(s, i->rm, (struct value){.kind = VALUE_NUMBER, .offset = i->immediate});
		return true;
	}
	switch (i->opcode) {
	case 0x8b:
		if (i->mod != 3)
			v = i->wide ? loaded(s, o, i, next) : v;
		else if (i->wide || s->regs[i->rm].kind == VALUE_NUMBER)
			v = s->regs[i->rm];
		set(s, i->reg, v);
		return true;
	case 0x89:
		v = i->wide || s->regs[i->reg].kind == VALUE_NUMBER ? s->regs[i->reg] : v;
		if (i->mod == 3)
			set(s, i->rm, v);
		else if (of_slot(i))
			store_slot(s, key_of(s, i), i->wide && i->reg != X86_RSP ? v : (struct value){0});
		return true;
	case 0x8d:
		set(s, i->reg, of_slot(i) || !i->wide ? v : x86_values__operand(s, i, next));
		return true;
	case 0x31:
	case 0x33:
		if (i->mod != 3 || i->reg != i->rm)
			return false;
		set(s, i->reg, (struct value){.kind = VALUE_NUMBER});
		return true;
	case 0xc7:
		if (i->mod == 3)
			set(s, i->rm, (struct value){.kind = VALUE_NUMBER, .offset = i->immediate});
		else if (of_slot(i))
			forget_slots(s, key_of(s, i), 8);
		return true;
	case 0x83:
	case 0x81:
		if (i->mod != 3 || (i->reg & 7) != 0 || !i->wide)
			return false;
		if (s->regs[i->rm].kind != VALUE_NONE)
			s->regs[i->rm].offset = value__sum(s->regs[i->rm].offset, i->immediate);
		return true;
	}
	return false;
}

/* cmp, test, and pushes of memory only read it; whether others write it is not known. */
static bool only_reads(const struct x86_insn *i)
{
	if (i->map)
		return i->map == 1 && (i->opcode == 0x1f || i->opcode == 0x18 || i->opcode == 0x0d);
	return (i->opcode >= 0x38 && i->opcode <= 0x3d) || i->opcode == 0x84 || i->opcode == 0x85 ||
	       ((i->opcode >= 0x80 && i->opcode <= 0x83) && (i->reg & 7) == 7) ||
	       ((i->opcode == 0xf6 || i->opcode == 0xf7) && (i->reg & 7) < 2) ||
	       (i->opcode == 0xff && (i->reg & 7) >= 2);
}

bool x86_values__apply(struct x86_values *s, struct origins *o, const struct x86_insn *i, uint64_t next)
{
	const int change = x86_stack_change(i);
	const bool moves_vector = i->vector || (i->map && i->opcode != 0xb1 && i->opcode != 0xc1);

	if (x86_writes_sp(i))
		return stack_pointer(s, i);
	s->depth -= change;
	if (change < 0)
		forget_slots(s, -s->depth, 8);
	if (!i->map && !i->vector && !i->narrow && move(s, o, i, next))
		return true;
	if (of_slot(i) && !only_reads(i))
		forget_slots(s, key_of(s, i), moves_vector ? 64 : 8);
	lose(s, x86_writes(i));
	return true;
}
