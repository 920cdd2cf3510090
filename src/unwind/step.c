// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwind/step.h"

#include <string.h>

#include "unwind/arch.h"
#include "unwind/by_code.h"
#include "unwind/expression.h"

#define FRAME_BYTES_MAX 65536 /* of one without rules */
#define END_BYTES_MAX   512   /* of a function of the C library that never returns */

static bool read_memory(void *arg, uint64_t address, void *buf, size_t size)
{
	return walk_memory__read(arg, address, buf, size);
}

static bool evaluate(struct unwinder *u, const struct rule *rule, const struct frame_regs *f,
		     const uint64_t *cfa, uint64_t *ret)
{
	struct expression_input in = {.regs = f->regs,
				      .known = f->known,
				      .cfa = cfa ? *cfa : 0,
				      .cfa_known = cfa != NULL,
				      .read = read_memory,
				      .arg = &u->memory};

	return expression__evaluate(&u->rules.expressions[rule->expression], &in, ret);
}

/*
 * Where the stack pointer is not known, because the frame before was followed by its frame pointer, whose
 * pair need not end a frame: this frame's own pair is where its frame pointer points, and its rules say where
 * that is.
 */
static bool cfa_by_pair(const struct row *row, const struct frame_regs *f, uint64_t *ret)
{
	const struct rule *fp = &row->regs[REG_FP], *pc = &row->regs[row->pc_from];

	if (unwind_arch.pair_ends_frame || !(f->known & REG_BIT(REG_FP)) || fp->kind != RULE_AT_OFFSET ||
	    pc->kind != RULE_AT_OFFSET || pc->offset != fp->offset + 8)
		return false;
	*ret = f->regs[REG_FP] - (uint64_t)(int64_t)fp->offset;
	return true;
}

static bool compute_cfa(struct unwinder *u, const struct row *row, const struct frame_regs *f, uint64_t *ret)
{
	if (row->cfa.kind == RULE_EXPRESSION)
		return evaluate(u, &row->cfa, f, NULL, ret);
	if (row->cfa.kind != RULE_REGISTER)
		return false;
	if (!(f->known & REG_BIT(row->cfa.reg)))
		return cfa_by_pair(row, f, ret);
	*ret = f->regs[row->cfa.reg] + (uint64_t)(int64_t)row->cfa.offset;
	return true;
}

/* A signature takes the bits that no address has (arm64: ptrauth_user_pac_mask in
 * arch/arm64/include/asm/pointer_auth.h). The stack and the vDSO are just below the end of the address space.
 */
uint64_t step__unsigned_return(struct unwinder *u, uint64_t address)
{
	const struct mappings *m = symbolizer__mappings(u->rules.symbolizer);

	if (!unwind_arch.signed_returns || !m->count || !m->list[m->count - 1].end)
		return address;
	return address & (UINT64_MAX >> __builtin_clzll(m->list[m->count - 1].end - 1));
}

/* The caller's value of one register. False: unknown. */
static bool restore(struct unwinder *u, const struct rule *rule, int reg, const struct frame_regs *f,
		    uint64_t cfa, uint64_t *ret)
{
	uint64_t address;

	switch ((enum rule_kind)rule->kind) {
	case RULE_UNDEFINED:
		return false;
	case RULE_SAME:
		*ret = f->regs[reg];
		return f->known & REG_BIT(reg);
	case RULE_AT_OFFSET:
		return walk_memory__read(&u->memory, cfa + (uint64_t)(int64_t)rule->offset, ret, 8);
	case RULE_OFFSET:
		*ret = cfa + (uint64_t)(int64_t)rule->offset;
		return true;
	case RULE_REGISTER:
		*ret = f->regs[rule->reg];
		return f->known & REG_BIT(rule->reg);
	case RULE_AT_EXPRESSION:
		return evaluate(u, rule, f, &cfa, &address) && walk_memory__read(&u->memory, address, ret, 8);
	case RULE_EXPRESSION:
		return evaluate(u, rule, f, &cfa, ret);
	}
	return false;
}

static bool is_behind_call(struct unwinder *u, uint64_t address)
{
	return by_code__is_behind_call(symbolizer__process(u->rules.symbolizer), address);
}

bool step__is_code(struct unwinder *u, uint64_t address)
{
	const struct mapping *m = mappings__find(symbolizer__mappings(u->rules.symbolizer), address);

	return m && m->executable;
}

/* What may be a return address. */
static bool read_return(struct unwinder *u, uint64_t at, uint64_t *ret)
{
	if (!walk_memory__read(&u->memory, at, ret, sizeof(*ret)))
		return false;
	*ret = step__unsigned_return(u, *ret);
	return true;
}

static bool is_generated(struct unwinder *u, uint64_t address)
{
	uint64_t vaddr;

	return step__is_code(u, address) && !symbolizer__module(u->rules.symbolizer, address, &vaddr);
}

/* Whether the caller derived from a frame's code is plausible. Interpreters do not call generated code: they
 * push a return address and jump. */
static bool may_call(struct unwinder *u, bool generated, uint64_t address)
{
	return is_behind_call(u, address) || (generated && is_generated(u, address));
}

/* The stack grows down, so a caller's frame is above; only a signal may come from another stack. A
 * function that calls none need not have a frame. */
static bool is_above(const struct frame_regs *f, uint64_t sp)
{
	return sp > f->regs[REG_SP] || (unwind_arch.link_register && f->exact && sp == f->regs[REG_SP]);
}

static enum step step_by_rules(struct unwinder *u, const struct row *row, struct frame_regs *f)
{
	struct frame_regs up = {.known = 0};
	uint64_t cfa;

	if (row->outermost)
		return STEP_END;
	if (!compute_cfa(u, row, f, &cfa))
		return STEP_LOST;
	if (!row->signal && !is_above(f, cfa))
		return STEP_LOST;
	for (int i = 0; i < NREGS; i++)
		if (restore(u, &row->regs[i], i, f, cfa, &up.regs[i]))
			up.known |= REG_BIT(i);
	if (!(up.known & REG_BIT(row->pc_from)))
		return STEP_LOST;
	up.regs[REG_PC] =
		row->signal ? up.regs[row->pc_from] : step__unsigned_return(u, up.regs[row->pc_from]);
	if (row->followed && !may_call(u, row->generated, up.regs[REG_PC]))
		return STEP_LOST;
	up.known |= REG_BIT(REG_PC);
	if (!(up.known & REG_BIT(REG_SP))) {
		up.regs[REG_SP] = cfa; /* by definition, without another rule */
		up.known |= REG_BIT(REG_SP);
	}
	if (!row->signal && !is_above(f, up.regs[REG_SP]))
		return STEP_LOST;
	up.exact = row->signal;
	*f = up;
	return STEP_UP;
}

static enum step step_by_sigreturn(struct unwinder *u, struct frame_regs *f)
{
	const uint8_t *order = unwind_arch.sigreturn_regs;
	size_t count = unwind_arch.sigreturn_reg_count;
	struct frame_regs up = {.exact = true};
	uint64_t values[NREGS];

	if (!walk_memory__read(&u->memory, f->regs[REG_SP] + unwind_arch.sigreturn_regs_at, values,
			       count * sizeof(values[0])))
		return STEP_LOST;
	for (size_t i = 0; i < count; i++) {
		up.regs[order[i]] = values[i];
		up.known |= REG_BIT(order[i]);
	}
	*f = up;
	return STEP_UP;
}

/* Whether another function's return address is between this frame's stack pointer and fp, and would be
 * skipped. Then this function has set up no frame pointer, and the register belongs to an outer caller. */
static bool leaves_out(struct unwinder *u, const struct frame_regs *f, uint64_t fp)
{
	uint64_t word;

	if (fp - f->regs[REG_SP] > FRAME_BYTES_MAX)
		return true;
	for (uint64_t at = (f->regs[REG_SP] + 7) & ~7ull; at < fp; at += 8)
		if (read_return(u, at, &word) && step__is_code(u, word - 1) && may_call(u, true, word))
			return true;
	return false;
}

/* Interpreters make room for variables above the return address of what they call, HotSpot's too: it keeps
 * what the caller's stack pointer was below the frame pointer (frame_x86.hpp and
 * frame_aarch64.hpp, interpreter_frame_sender_sp_offset). */
static uint64_t sender_sp(struct unwinder *u, uint64_t fp)
{
	uint64_t sp;

	return walk_memory__read(&u->memory, fp - 8, &sp, sizeof(sp)) && sp % 8 == 0 && sp > fp + 16 &&
			       sp - fp <= FRAME_BYTES_MAX
		       ? sp
		       : 0;
}

/* Code without rules, generated at run time: frame pointers, accepted only if plausible. */
static enum step step_by_frame_pointer(struct unwinder *u, const struct row *row, struct frame_regs *f)
{
	uint64_t fp = f->regs[REG_FP], pair[2];
	struct frame_regs up = {.known = REG_BIT(REG_FP) | REG_BIT(REG_PC)};

	if (!(f->known & REG_BIT(REG_FP)) || fp % 8 || fp < f->regs[REG_SP])
		return STEP_LOST;
	if (!walk_memory__read(&u->memory, fp, pair, 8) || !read_return(u, fp + 8, &pair[1]))
		return STEP_LOST;
	/* Zero ends a chain; without a chain it means nothing. */
	if (pair[1] == 0)
		return f->exact ? STEP_LOST : STEP_END;
	if (!step__is_code(u, pair[1] - 1))
		return STEP_LOST;
	if (row->generated && (!may_call(u, true, pair[1]) || (!row->frame_pointer && leaves_out(u, f, fp))))
		return STEP_LOST;
	up.regs[REG_FP] = pair[0];
	up.regs[REG_PC] = pair[1];
	up.regs[REG_SP] = fp + 16; /* or above */
	if (unwind_arch.pair_ends_frame)
		up.known |= REG_BIT(REG_SP);
	up.other_sp = row->generated ? sender_sp(u, fp) : 0;
	*f = up;
	return STEP_UP;
}

/* By its frame pointer if one is in use, otherwise by its instructions. */
static enum step step_from_generated(struct unwinder *u, const struct row *row, struct frame_regs *f)
{
	struct frame_regs other = *f;
	enum step s = row->frame_pointer ? step_by_frame_pointer(u, row, f) : STEP_LOST;

	if (s != STEP_LOST)
		return s;
	if (row->kind == ROW_RULES && f->other_sp) {
		other.regs[REG_SP] = f->other_sp;
		s = step_by_rules(u, row, &other);
		if (s != STEP_LOST)
			*f = other;
	}
	if (s == STEP_LOST && row->kind == ROW_RULES)
		s = step_by_rules(u, row, f);
	return s == STEP_LOST && !row->frame_pointer ? step_by_frame_pointer(u, row, f) : s;
}

/*
 * A function that never returns has no end that shows its frame (musl's start of a thread, which calls
 * pthread_exit and may lack a symbol for its start). The first return address above is its own, if the thread
 * ends there: a frame in between would also have one.
 */
static enum step step_to_end(struct unwinder *u, struct frame_regs *f)
{
	uint64_t at = (f->regs[REG_SP] + 7) & ~7ull, end = at + END_BYTES_MAX, word;
	const struct row *row;

	for (; at < end && read_return(u, at, &word); at += 8) {
		if (!step__is_code(u, word - 1) || !is_behind_call(u, word))
			continue;
		row = rules__row(&u->rules, word - 1, true);
		if (row->kind != ROW_RULES || !row->outermost)
			return STEP_LOST;
		*f = (struct frame_regs){.known = REG_BIT(REG_SP) | REG_BIT(REG_PC)};
		f->regs[REG_PC] = word;
		f->regs[REG_SP] = at + 8;
		return STEP_UP;
	}
	return STEP_LOST;
}

/* A call through a bad pointer: the jump has been made, and nothing else. The caller is where it would return
 * to. */
static enum step step_from_nowhere(struct unwinder *u, struct frame_regs *f)
{
	struct frame_regs up = *f;

	if (unwind_arch.link_register) {
		up.regs[REG_PC] = step__unsigned_return(u, f->regs[unwind_arch.link]);
	} else {
		if (!(f->known & REG_BIT(REG_SP)) ||
		    !walk_memory__read(&u->memory, f->regs[REG_SP], &up.regs[REG_PC], 8))
			return STEP_LOST;
		up.regs[REG_SP] += 8;
	}
	up.exact = false;
	if (!step__is_code(u, up.regs[REG_PC] - 1) || !is_behind_call(u, up.regs[REG_PC]))
		return STEP_LOST;
	*f = up;
	return STEP_UP;
}

static enum step step_by_row(struct unwinder *u, const struct row *row, struct frame_regs *f)
{
	switch ((enum row_kind)row->kind) {
	case ROW_RULES:
		return row->generated ? step_from_generated(u, row, f) : step_by_rules(u, row, f);
	case ROW_SIGRETURN:
		return step_by_sigreturn(u, f);
	case ROW_NONE:
		return row->generated ? step_from_generated(u, row, f) : step_by_frame_pointer(u, row, f);
	case ROW_FRAMELESS:
	case ROW_OUTSIDE:
		break;
	}
	return STEP_LOST;
}

enum step step__up(struct unwinder *u, struct frame_regs *f, bool *is_signal_return)
{
	uint64_t pc = f->regs[REG_PC];
	const struct row *row;
	enum step s;

	if (f->exact && !step__is_code(u, pc))
		return step_from_nowhere(u, f);
	if (pc == 0)
		return STEP_END;
	row = rules__row(&u->rules, f->exact ? pc : pc - 1, !f->exact);
	*is_signal_return = row->signal || row->kind == ROW_SIGRETURN;
	s = step_by_row(u, row, f);
	if (s == STEP_LOST && !f->exact && !row->generated && (row->kind != ROW_RULES || row->followed))
		s = step_to_end(u, f);
	return s;
}
