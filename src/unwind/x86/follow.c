// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwind/x86/follow.h"

#include <stdlib.h>
#include <string.h>

#include "unwind/x86/decode.h"
#include "unwind/x86/effects.h"
#include "unwind/x86/registers.h"
#include "util/array.h"
#include "util/heap.h"

#define ENTRY_DEPTH 8 /* the return address */
#define DEPTH_MAX   (1 << 20)

/* The state before an instruction. Depths are bytes below the CFA. */
struct state {
	int32_t depth;                  /* of the stack pointer; 0: not known */
	int32_t fp_depth;               /* of the frame pointer; 0: not set up */
	int32_t saved[PRESERVED_COUNT]; /* position of the caller's value; 0: still in the register */
	bool outermost; /* it has cleared the frame pointer, as only a thread's first function does */
	bool known;
};

struct way {
	size_t at;
	struct state state;
};

struct ways {
	struct way *list;
	size_t count, room;
};

struct follower {
	const uint8_t *code;
	size_t size, target;
	struct state *states; /* by offset */
	struct ways ways;     /* still to go */
	struct ways returns;  /* after calls, which may never return: then another path reaches the following
				 code */
	struct ways cases;    /* after indirect jumps: a switch's cases, if no other path reaches them */
	bool found, failed;
	struct state result;
};

/* Merges the states where two paths meet; false: nothing useful remains. *changed: less than in old. */
static bool meet(const struct state *old, struct state *s, bool *changed)
{
	if (old->outermost != s->outermost || memcmp(old->saved, s->saved, sizeof(s->saved)))
		return false;
	if (old->depth != s->depth)
		s->depth = 0;
	if (old->fp_depth != s->fp_depth)
		s->fp_depth = 0;
	*changed = old->depth != s->depth || old->fp_depth != s->fp_depth;
	return s->depth || s->fp_depth || s->outermost || !*changed;
}

static void add_way(struct follower *f, struct ways *to, int64_t at, const struct state *s)
{
	if (at < 0 || (size_t)at >= f->size)
		return; /* to another function: a tail call */
	*ARRAY_ADD(to->list, to->count, to->room) = (struct way){(size_t)at, *s};
}

static void set_depth(struct state *s, int64_t depth)
{
	s->depth = depth > 0 && depth < DEPTH_MAX ? (int32_t)depth : 0;
	/* The register saved there has been restored. */
	for (size_t i = 0; s->depth && i < PRESERVED_COUNT; i++)
		if (s->saved[i] > s->depth)
			s->saved[i] = 0;
	if (s->depth && s->fp_depth > s->depth)
		s->fp_depth = 0;
}

static void push(struct state *s)
{
	if (s->depth)
		set_depth(s, s->depth + 8);
}

static void pop(struct state *s)
{
	if (s->depth)
		set_depth(s, s->depth - 8);
}

static void save(struct state *s, uint8_t reg, int32_t depth)
{
	for (size_t i = 0; s->depth && i < PRESERVED_COUNT; i++)
		if (PRESERVED[i][0] == reg && !s->saved[i] && depth > 0)
			s->saved[i] = depth;
}

static void leave(struct state *s)
{
	s->depth = s->fp_depth;
	pop(s);
}

static void change_sp(const struct x86_insn *i, struct state *s)
{
	bool arithmetic = (i->opcode == 0x81 || i->opcode == 0x83) && i->wide;

	if (arithmetic && (i->reg & 7) == 5 && s->depth) /* sub $n,%rsp */
		set_depth(s, s->depth + i->immediate);
	else if (arithmetic && (i->reg & 7) == 0 && s->depth) /* add $n,%rsp */
		set_depth(s, s->depth - i->immediate);
	else if (i->opcode == 0x8d && i->sp_based && s->depth) /* lea n(%rsp),%rsp */
		set_depth(s, s->depth - i->displacement);
	else if (i->opcode == 0x8d && i->fp_based && s->fp_depth) /* lea n(%rbp),%rsp */
		set_depth(s, s->fp_depth - i->displacement);
	else if ((i->opcode == 0x89 && i->reg == X86_RBP) ||
		 (i->opcode == 0x8b && i->mod == 3 && i->rm == X86_RBP))
		set_depth(s, s->fp_depth);
	else
		s->depth = 0;
}

/* mov %rsp,%rbp in both encodings */
static bool sets_up_fp(const struct x86_insn *i)
{
	return i->wide && i->mod == 3 &&
	       ((i->opcode == 0x89 && i->reg == X86_RSP && i->rm == X86_RBP) ||
		(i->opcode == 0x8b && i->reg == X86_RBP && i->rm == X86_RSP));
}

static bool clears_fp(const struct x86_insn *i)
{
	return (i->opcode == 0x31 || i->opcode == 0x33) && i->mod == 3 && i->reg == X86_RBP &&
	       i->rm == X86_RBP;
}

static void apply_modrm(const struct x86_insn *i, struct state *s)
{
	if (x86_writes_sp(i))
		change_sp(i, s);
	else if (i->map || i->vector)
		return;
	else if (sets_up_fp(i))
		s->fp_depth = s->depth;
	else if (clears_fp(i) && !s->saved[1] && s->depth <= ENTRY_DEPTH)
		s->outermost = true;
	else if (i->opcode == 0x89 && i->wide && i->sp_based)
		save(s, i->reg, s->depth - i->displacement);
	else if (x86_stack_change(i) < 0)
		push(s);
	else if (x86_stack_change(i) > 0)
		pop(s);
}

static void apply(const struct x86_insn *i, struct state *s)
{
	if (i->has_modrm) {
		apply_modrm(i, s);
		return;
	}
	if (i->map || i->vector)
		return;
	if (i->opcode >= 0x50 && i->opcode <= 0x57) {
		push(s);
		save(s, i->rm, s->depth);
	} else if (i->opcode >= 0x58 && i->opcode <= 0x5f) {
		pop(s);
		if (i->rm == X86_RSP)
			s->depth = 0;
		if (i->rm == X86_RBP && !s->depth)
			s->fp_depth = 0;
	} else if (x86_stack_change(i) < 0) {
		push(s);
	} else if (x86_stack_change(i) > 0) {
		pop(s);
	} else if (i->opcode == 0xc9) {
		leave(s);
	} else if (i->opcode == 0xc8) {
		s->depth = 0;
		s->fp_depth = 0;
	}
}

/* Follows one path to its end, or until it joins a known one. */
static void follow(struct follower *f, size_t at, struct state s)
{
	struct x86_insn i;
	enum x86_flow flow;
	bool changed;

	while (at < f->size && !f->failed) {
		if (f->states[at].known) {
			f->failed = !meet(&f->states[at], &s, &changed);
			if (f->failed || !changed)
				return;
		}
		/* Padding, data, or unknown instructions: this path ends here. */
		if (!x86_decode(f->code + at, f->size - at, &i))
			return;
		s.known = true;
		f->states[at] = s;
		if (at <= f->target && f->target < at + i.length) {
			f->found = true;
			f->result = s;
		}
		apply(&i, &s);
		at += i.length;
		flow = x86_flow(&i);
		if (flow == X86_BRANCH || flow == X86_JUMP)
			add_way(f, &f->ways, (int64_t)at + i.immediate, &s);
		/* With an empty frame, it is a tail call. */
		if (flow == X86_ANYWHERE && s.depth > ENTRY_DEPTH)
			add_way(f, &f->cases, (int64_t)at, &s);
		if (flow == X86_CALL)
			add_way(f, &f->returns, (int64_t)at, &s);
		if (flow != X86_ONWARD && flow != X86_BRANCH)
			return;
	}
}

/* The most reliable paths first. */
static void follow_all(struct follower *f)
{
	static const struct state entry = {.depth = ENTRY_DEPTH};
	struct ways *from;
	struct way w;

	add_way(f, &f->ways, 0, &entry);
	for (;;) {
		from = f->ways.count ? &f->ways : f->returns.count ? &f->returns : &f->cases;
		if (f->failed || !from->count || (from == &f->cases && f->found))
			return;
		w = from->list[--from->count];
		if (from == &f->ways || !f->states[w.at].known)
			follow(f, w.at, w.state);
	}
}

static bool make_row(const struct state *s, struct row *row)
{
	int32_t depth = s->depth ? s->depth : s->fp_depth;

	if (!s->outermost && depth < ENTRY_DEPTH)
		return false;
	row->kind = ROW_RULES;
	row->followed = true;
	row->outermost = s->outermost;
	row->pc_from = REG_PC;
	row->cfa = (struct rule){.kind = RULE_REGISTER, .reg = s->depth ? REG_SP : REG_FP, .offset = depth};
	for (int i = 0; i < NREGS; i++)
		row->regs[i].kind = REGS_PRESERVED & REG_BIT(i) ? RULE_SAME : RULE_UNDEFINED;
	for (size_t i = 0; i < PRESERVED_COUNT; i++)
		if (s->saved[i])
			row->regs[PRESERVED[i][1]] =
				(struct rule){.kind = RULE_AT_OFFSET, .offset = -s->saved[i]};
	row->regs[REG_SP] = (struct rule){.kind = RULE_OFFSET};
	row->regs[REG_PC] = (struct rule){.kind = RULE_AT_OFFSET, .offset = -ENTRY_DEPTH};
	return true;
}

bool follow__row(const uint8_t *code, size_t size, size_t at, struct row *row)
{
	struct follower f = {.code = code, .size = size, .target = at};
	bool good;

	if (at >= size || size > FUNCTION_BYTES_MAX)
		return false;
	f.states = HEAP_NEW(struct state, size);
	follow_all(&f);
	good = f.found && !f.failed && make_row(&f.result, row);
	free(f.states);
	free(f.ways.list);
	free(f.returns.list);
	free(f.cases.list);
	return good;
}
