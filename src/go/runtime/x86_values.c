/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which registers and slots an instruction changes; what is not understood holds nothing known afterwards. */
#include "go/runtime/x86_values.h"

#include <string.h>

#define RAX        0
#define RCX        1
#define RDX        2
#define RSP        4
#define RSI        6
#define RDI        7
#define ENTRY_KEYS 4096 /* slots further away than that from the entry's stack pointer are not followed */

bool value__same(const struct value *a, const struct value *b)
{
	return a->kind == b->kind && a->offset == b->offset &&
	       (a->kind != VALUE_POINTER || a->origin == b->origin);
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

void x86_state__start(struct x86_state *s, struct origins *o)
{
	memset(s, 0, sizeof(*s));
	for (int i = 0; i < 16; i++)
		if (i != RSP)
			s->regs[i] = pointer(o, (struct origin){.kind = ORIGIN_ARGUMENT, .at = i});
}

/* ---- slots -------------------------------------------------------------------------- */

static struct slot *find_slot(struct x86_state *s, int64_t key)
{
	for (size_t i = 0; i < s->slot_count; i++)
		if (s->slots[i].key == key)
			return &s->slots[i];
	return NULL;
}

static void forget_slots(struct x86_state *s, int64_t key, int64_t bytes)
{
	for (size_t i = s->slot_count; i-- > 0;)
		if (s->slots[i].key + 8 > key && s->slots[i].key < key + bytes)
			s->slots[i] = s->slots[--s->slot_count];
}

static void store_slot(struct x86_state *s, int64_t key, struct value v)
{
	forget_slots(s, key, 8);
	if (v.kind != VALUE_NONE && s->slot_count < X86_SLOTS && key > -(1 << 20) && key < ENTRY_KEYS)
		s->slots[s->slot_count++] = (struct slot){key, v};
}

int x86_state__meet(struct x86_state *old, const struct x86_state *s)
{
	struct x86_state before = *old;

	if (old->depth != s->depth)
		return -1;
	for (int i = 0; i < 16; i++)
		if (!value__same(&old->regs[i], &s->regs[i]))
			old->regs[i] = (struct value){0};
	for (size_t i = old->slot_count; i-- > 0;) {
		const struct slot *other = find_slot((struct x86_state *)s, old->slots[i].key);

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

static int64_t key_of(const struct x86_state *s, const struct x86_insn *i)
{
	return i->displacement - s->depth;
}

struct value x86_state__operand(const struct x86_state *s, const struct x86_insn *i, uint64_t next)
{
	struct value v = {0};

	if (!i->has_modrm || i->mod == 3 || (i->rm & 7) == 4)
		return v;
	if (!i->mod && (i->rm & 7) == 5)
		return (struct value){.kind = VALUE_ADDRESS, .offset = (int64_t)next + i->displacement};
	v = s->regs[i->rm];
	if (v.kind != VALUE_ADDRESS && v.kind != VALUE_POINTER)
		return (struct value){0};
	v.offset += i->displacement;
	return v;
}

/* What a load of 8 bytes gives. */
static struct value loaded(struct x86_state *s, struct origins *o, const struct x86_insn *i, uint64_t next)
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
	where = x86_state__operand(s, i, next);
	if (where.kind == VALUE_ADDRESS)
		return pointer(o, (struct origin){.kind = ORIGIN_WORD, .at = where.offset});
	if (where.kind == VALUE_POINTER)
		return pointer(
			o, (struct origin){.kind = ORIGIN_FIELD, .at = where.offset, .from = where.origin});
	return v;
}

/* ---- instructions ------------------------------------------------------------------- */

static void set(struct x86_state *s, unsigned reg, struct value v)
{
	if (reg < 16 && reg != RSP)
		s->regs[reg] = v;
}

static void lose(struct x86_state *s, unsigned reg)
{
	set(s, reg, (struct value){0});
}

void x86_state__call(struct x86_state *s)
{
	for (unsigned i = 0; i < 16; i++)
		lose(s, i);
}

static bool stack_pointer(struct x86_state *s, const struct x86_insn *i)
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
static bool move(struct x86_state *s, struct origins *o, const struct x86_insn *i, uint64_t next)
{
	struct value v = {0};

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
			store_slot(s, key_of(s, i), i->wide && i->reg != RSP ? v : (struct value){0});
		return true;
	case 0x8d:
		set(s, i->reg, of_slot(i) || !i->wide ? v : x86_state__operand(s, i, next));
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
			s->regs[i->rm].offset += i->immediate;
		return true;
	}
	return false;
}

/* cmp, test, and pushes of memory write nothing. */
static bool writes_nothing(const struct x86_insn *i)
{
	if (i->map)
		return i->map == 1 && (i->opcode == 0x1f || i->opcode == 0x18 || i->opcode == 0x0d);
	return (i->opcode >= 0x38 && i->opcode <= 0x3d) || i->opcode == 0x84 || i->opcode == 0x85 ||
	       ((i->opcode >= 0x80 && i->opcode <= 0x83) && (i->reg & 7) == 7) ||
	       ((i->opcode == 0xf6 || i->opcode == 0xf7) && (i->reg & 7) < 2) ||
	       (i->opcode == 0xff && (i->reg & 7) >= 2);
}

/* The field is a part of the opcode, or a register that is only read. */
static bool keeps_reg(const struct x86_insn *i)
{
	if (i->vector)
		return false;
	if (i->map)
		return i->map == 1 && (i->opcode == 0xb0 || i->opcode == 0xb1 || i->opcode == 0xba ||
				       (i->opcode >= 0x90 && i->opcode <= 0x9f));
	switch (i->opcode) {
	case 0x80:
	case 0x81:
	case 0x83:
	case 0xc0:
	case 0xc1:
	case 0xc6:
	case 0xc7:
	case 0xf6:
	case 0xf7:
	case 0xfe:
	case 0xff:
		return true;
	}
	return i->opcode >= 0xd0 && i->opcode <= 0xd3;
}

static void apply_modrm(struct x86_state *s, const struct x86_insn *i)
{
	bool moves_vector = i->vector || (i->map && i->opcode != 0xb1 && i->opcode != 0xc1);

	if (writes_nothing(i))
		return;
	if (of_slot(i))
		forget_slots(s, key_of(s, i), moves_vector ? 64 : 8);
	/* The numbers of vector registers, too: more is lost than has to be, and nothing is made up. */
	if (!keeps_reg(i))
		lose(s, i->reg);
	if (i->mod == 3)
		lose(s, i->rm);
	if (i->opcode == 0xf6 || i->opcode == 0xf7 ||
	    (i->map == 1 && (i->opcode == 0xb0 || i->opcode == 0xb1))) {
		lose(s, RAX);
		if (!i->map)
			lose(s, RDX);
	}
	if (i->map == 1 && i->opcode == 0xc7) { /* cmpxchg16b */
		lose(s, RAX);
		lose(s, RDX);
	}
}

static void apply_plain(struct x86_state *s, const struct x86_insn *i)
{
	bool push = (i->opcode >= 0x50 && i->opcode <= 0x57) || i->opcode == 0x68 || i->opcode == 0x6a ||
		    i->opcode == 0x9c;

	if (push) {
		s->depth += 8;
		forget_slots(s, -s->depth, 8);
	} else if (i->opcode >= 0x58 && i->opcode <= 0x5f) {
		s->depth -= 8;
		lose(s, i->rm);
	} else if (i->opcode == 0x9d) {
		s->depth -= 8;
	} else if (i->opcode >= 0xb8 && i->opcode <= 0xbf) {
		set(s, i->rm, (struct value){.kind = VALUE_NUMBER, .offset = i->immediate});
	} else if (i->opcode >= 0xb0 && i->opcode <= 0xb7) {
		lose(s, i->rm & 3);
		lose(s, i->rm);
	} else if (i->opcode == 0x90 || (i->opcode >= 0x70 && i->opcode <= 0x7f) || i->opcode == 0xe9 ||
		   i->opcode == 0xeb || i->opcode == 0x3c || i->opcode == 0x3d || i->opcode == 0xa8 ||
		   i->opcode == 0xa9) {
		return;
	} else {
		lose(s, RAX);
		lose(s, RCX);
		lose(s, RDX);
		lose(s, RSI);
		lose(s, RDI);
		lose(s, i->rm); /* xchg with rax */
	}
}

bool x86_state__apply(struct x86_state *s, struct origins *o, const struct x86_insn *i, uint64_t next)
{
	if (x86_writes_sp(i))
		return stack_pointer(s, i);
	if (!i->vector && !i->map && i->opcode == 0xc9)
		return false; /* leave: Go's compiler has none */
	if (!i->has_modrm) {
		if (!i->map && !i->vector)
			apply_plain(s, i);
		else if (i->map == 1 && i->opcode >= 0xc8 && i->opcode <= 0xcf)
			lose(s, i->rm); /* bswap */
		else if (!(i->map == 1 && i->opcode >= 0x80 && i->opcode <= 0x8f))
			x86_state__call(s); /* cpuid, rdtsc, syscall */
		return true;
	}
	if (i->map || i->vector || !move(s, o, i, next))
		apply_modrm(s, i);
	return true;
}
