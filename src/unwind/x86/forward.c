// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwind/x86/forward.h"

#include <stdlib.h>
#include <string.h>

#include "unwind/x86/effects.h"
#include "unwind/x86/registers.h"
#include "util/heap.h"

#define STEPS_MAX 4096
#define CALLS_MAX 64 /* in a row on a path */

/* A place on the stack: bytes above the initial stack pointer or frame pointer. */
struct place {
	int64_t offset;
	bool by_fp, known;
};

struct state {
	struct place sp;
	struct place taken[PRESERVED_COUNT]; /* where the register was last loaded from */
};

struct way {
	size_t at;
	struct state state;
};

struct ways {
	struct way list[64]; /* further paths are not followed */
	size_t count;
};

struct forward {
	const uint8_t *code;
	size_t size, steps;
	uint8_t *seen;         /* by offset */
	struct ways now, next; /* next: after a call, which may never return */
	bool found, failed, halted;
	bool generated; /* code that preserves only the frame pointer */
	struct state result;
};

static void add(struct ways *to, const struct forward *f, int64_t at, const struct state *s)
{
	if (at >= 0 && (size_t)at < f->size && to->count < sizeof(to->list) / sizeof(to->list[0]))
		to->list[to->count++] = (struct way){(size_t)at, *s};
}

static void take(struct state *s, uint8_t reg, struct place from)
{
	for (size_t i = 0; i < PRESERVED_COUNT; i++)
		if (PRESERVED[i][0] == reg)
			s->taken[i] = from;
}

static void pop(struct state *s, uint8_t reg)
{
	take(s, reg, s->sp);
	s->sp.offset += 8;
	if (reg == X86_RSP)
		s->sp.known = false;
}

static void change_sp(const struct x86_insn *i, struct state *s)
{
	bool arithmetic = (i->opcode == 0x81 || i->opcode == 0x83) && i->wide;
	bool from_fp = (i->opcode == 0x89 && i->mod == 3 && i->reg == X86_RBP) ||
		       (i->opcode == 0x8b && i->mod == 3 && i->rm == X86_RBP);

	if (arithmetic && (i->reg & 7) == 5)
		s->sp.offset -= i->immediate;
	else if (arithmetic && (i->reg & 7) == 0)
		s->sp.offset += i->immediate;
	else if (i->opcode == 0x8d && i->sp_based)
		s->sp.offset += i->displacement;
	else if (i->opcode == 0x8d && i->fp_based)
		s->sp = (struct place){i->displacement, true, true};
	else if (i->wide && from_fp)
		s->sp = (struct place){0, true, true};
	else
		s->sp.known = false;
}

static void apply_modrm(const struct x86_insn *i, struct state *s)
{
	if (x86_writes_sp(i)) {
		change_sp(i, s);
	} else if (i->map || i->vector) {
		return;
	} else if (i->opcode == 0x8b && i->wide && i->mod != 3) {
		if (i->sp_based)
			take(s, i->reg,
			     (struct place){s->sp.offset + i->displacement, s->sp.by_fp, s->sp.known});
		else if (i->fp_based)
			take(s, i->reg, (struct place){i->displacement, true, true});
	} else {
		s->sp.offset += x86_stack_change(i);
	}
}

static void apply(const struct x86_insn *i, struct state *s)
{
	if (i->has_modrm) {
		apply_modrm(i, s);
	} else if (i->map || i->vector) {
		return;
	} else if (i->opcode >= 0x58 && i->opcode <= 0x5f) {
		pop(s, i->rm);
	} else if (i->opcode == 0xc9) { /* leave */
		s->sp = (struct place){0, true, true};
		pop(s, X86_RBP);
	} else if (i->opcode == 0xc8) { /* enter: only at a function's start */
		s->sp.known = false;
	} else {
		s->sp.offset += x86_stack_change(i);
	}
}

static bool same(const struct place *a, const struct place *b)
{
	return a->known == b->known && (!a->known || (a->offset == b->offset && a->by_fp == b->by_fp));
}

static bool is_kept(const struct forward *f, size_t i)
{
	return !f->generated || PRESERVED[i][0] == X86_RBP;
}

/* A return, with sp at the return address. All returns must agree. */
static void end(struct forward *f, const struct state *s)
{
	if (!s->sp.known || s->sp.offset < 0 || (f->found && !same(&f->result.sp, &s->sp))) {
		f->failed = true;
		return;
	}
	for (size_t i = 0; f->found && i < PRESERVED_COUNT; i++)
		if (is_kept(f, i) && !same(&f->result.taken[i], &s->taken[i]))
			f->failed = true;
	f->found = true;
	f->result = *s;
}

static void follow(struct forward *f, size_t at, struct state s)
{
	struct x86_insn i;
	bool after_syscall = false;
	enum x86_flow flow;

	while (at < f->size && !f->seen[at] && f->steps++ < STEPS_MAX && s.sp.known && !f->failed) {
		if (!x86_decode(f->code + at, f->size - at, &i))
			return;
		f->seen[at] = 1;
		if (!i.map && !i.vector && (i.opcode == 0xc3 || i.opcode == 0xc2)) {
			end(f, &s);
			return;
		}
		/* hlt after the system call that ends a thread */
		f->halted |= after_syscall && !i.map && !i.vector && i.opcode == 0xf4;
		after_syscall = i.map == 1 && !i.vector && i.opcode == 0x05;
		apply(&i, &s);
		at += i.length;
		flow = x86_flow(&i);
		if (flow == X86_BRANCH || flow == X86_JUMP)
			add(&f->now, f, (int64_t)at + i.immediate, &s);
		if (flow == X86_CALL)
			add(&f->next, f, (int64_t)at, &s);
		if (flow != X86_ONWARD && flow != X86_BRANCH)
			return;
	}
}

/* A path with fewer calls is more reliable: after a call that never returns, another function may begin. */
static void follow_all(struct forward *f, size_t at)
{
	struct state start = {.sp = {0, false, true}};

	add(&f->now, f, (int64_t)at, &start);
	for (int calls = 0; calls < CALLS_MAX && f->now.count && !f->failed; calls++) {
		while (f->now.count) {
			struct way w = f->now.list[--f->now.count];

			follow(f, w.at, w.state);
		}
		f->halted &= calls == 0;
		if (f->found || f->halted)
			return;
		f->now = f->next;
		f->next.count = 0;
	}
}

/* The distance between stack pointer and frame pointer is unknown here. */
static bool is_saved(const struct state *s, const struct place *from)
{
	return from->known && from->by_fp == s->sp.by_fp;
}

static bool make_row(const struct forward *f, bool behind_call, struct row *row)
{
	const struct state *s = &f->result;
	int64_t cfa = s->sp.offset + 8;

	if (cfa > 1 << 20)
		return false;
	/* Calls are made with the stack pointer a multiple of 16, at which the CFA is too (psABI, 3.2.2).
	 * A path that runs into the next function, after a call that never returns, has a CFA of 8. */
	if (behind_call && !s->sp.by_fp && cfa % 16)
		return false;
	for (size_t i = 0; i < PRESERVED_COUNT; i++) {
		const struct place *from = &s->taken[i];

		/* Registers saved earlier are above the stack pointer. */
		if (is_kept(f, i) && is_saved(s, from) &&
		    (from->offset >= cfa || from->offset < (from->by_fp ? -(1 << 20) : 0)))
			return false;
	}
	row->cfa = (struct rule){
		.kind = RULE_REGISTER, .reg = s->sp.by_fp ? REG_FP : REG_SP, .offset = (int32_t)cfa};
	for (int i = 0; i < NREGS; i++)
		row->regs[i].kind = REGS_PRESERVED & REG_BIT(i) ? RULE_SAME : RULE_UNDEFINED;
	for (size_t i = 0; i < PRESERVED_COUNT; i++)
		if (is_kept(f, i) && is_saved(s, &s->taken[i]))
			row->regs[PRESERVED[i][1]] = (struct rule){
				.kind = RULE_AT_OFFSET, .offset = (int32_t)(s->taken[i].offset - cfa)};
		else if (!is_kept(f, i) || s->taken[i].known)
			row->regs[PRESERVED[i][1]].kind = RULE_UNDEFINED;
	row->regs[REG_SP] = (struct rule){.kind = RULE_OFFSET};
	row->regs[REG_PC] = (struct rule){.kind = RULE_AT_OFFSET, .offset = -8};
	return true;
}

static bool find_row(const uint8_t *code, size_t size, size_t at, bool behind_call, bool generated,
		     struct row *row)
{
	struct forward *f = HEAP_NEW(struct forward, 1);
	bool good = false;

	if (at >= size) {
		free(f);
		return false;
	}
	f->seen = heap__array(size, 1);
	f->code = code;
	f->size = size;
	f->generated = generated;
	follow_all(f, at);
	if (!f->failed && f->found)
		good = make_row(f, behind_call, row);
	else if (!f->failed && f->halted)
		good = row->outermost = true;
	if (good) {
		row->kind = ROW_RULES;
		row->followed = true;
		row->pc_from = REG_PC;
	}
	free(f->seen);
	free(f);
	return good;
}

bool forward__row(const uint8_t *code, size_t size, size_t at, bool behind_call, struct row *row)
{
	return find_row(code, size, at, behind_call, false, row);
}

bool forward__generated(const uint8_t *code, size_t size, size_t at, bool behind_call, struct row *row)
{
	return find_row(code, size, at, behind_call, true, row);
}

static bool uses_fp(const struct x86_insn *i)
{
	bool to_sp = i->wide && i->mod == 3 &&
		     ((i->opcode == 0x89 && i->reg == X86_RBP && i->rm == X86_RSP) ||
		      (i->opcode == 0x8b && i->rm == X86_RBP && i->reg == X86_RSP));

	if (i->has_modrm && i->fp_based && i->displacement < 0)
		return true;
	return !i->map && !i->vector && (i->has_modrm ? to_sp : i->opcode == 0xc9); /* leave */
}

static bool overwrites_fp(const struct x86_insn *i)
{
	if (i->map || i->vector)
		return false;
	return i->has_modrm ? i->opcode == 0x8b && i->reg == X86_RBP : i->opcode == 0x58 + X86_RBP;
}

/* On one way. */
static bool finds_use(struct forward *f, size_t at)
{
	static const struct state none;
	struct x86_insn i;

	while (at < f->size && !f->seen[at] && f->steps++ < STEPS_MAX &&
	       x86_decode(f->code + at, f->size - at, &i)) {
		enum x86_flow flow = x86_flow(&i);

		f->seen[at] = 1;
		if (uses_fp(&i))
			return true;
		at += i.length;
		if (flow == X86_BRANCH || flow == X86_JUMP)
			add(&f->now, f, (int64_t)at + i.immediate, &none);
		if (overwrites_fp(&i) || (flow != X86_ONWARD && flow != X86_BRANCH && flow != X86_CALL))
			return false;
	}
	return false;
}

bool forward__uses_frame_pointer(const uint8_t *code, size_t size, size_t at)
{
	static const struct state none;
	struct forward *f = HEAP_NEW(struct forward, 1);
	bool found = false;

	f->seen = heap__array(size, 1);
	f->code = code;
	f->size = size;
	add(&f->now, f, (int64_t)at, &none);
	while (f->now.count && !found)
		found = finds_use(f, f->now.list[--f->now.count].at);
	free(f->seen);
	free(f);
	return found;
}
