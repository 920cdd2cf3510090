/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk: from one frame's registers to its caller's, until the rules end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unwind/step.h"
#include "util/heap.h"
#include "unwind/unwind.h"

#define DEEP_WALKS 64 /* per interval, beyond the frames that are kept: some 5 ms each */

struct unwinder *unwinder__new(struct symbolizer *s)
{
	struct unwinder *u = HEAP_NEW(struct unwinder, 1);

	u->rules.symbolizer = s;
	u->deep_left = DEEP_WALKS;
	return u;
}

void unwinder__free(struct unwinder *u)
{
	if (!u)
		return;
	rules__forget(&u->rules);
	free(u);
}

void unwinder__forget(struct unwinder *u)
{
	rules__forget(&u->rules);
}

void unwinder__renew(struct unwinder *u)
{
	rules__renew(&u->rules);
	u->deep_left = DEEP_WALKS;
}

/* The outer end of a stack that is deeper than there is room for: the last frames so far. */
struct outer_end {
	uint64_t pcs[STACK_OUTER_ROOM];
	uint8_t exact[STACK_OUTER_ROOM];
};

static void keep_frame(struct stack *s, struct outer_end *o, size_t at, uint64_t pc, bool exact)
{
	if (at < STACK_ROOM) {
		s->pcs[at] = pc;
		s->exact[at] = exact;
		s->count = at + 1;
	} else {
		o->pcs[at % STACK_OUTER_ROOM] = pc;
		o->exact[at % STACK_OUTER_ROOM] = exact;
	}
}

/* total: frames that the stack has. Both ends stay, with one entry between them. */
static void join_ends(struct stack *s, struct outer_end *o, size_t total)
{
	const size_t first = STACK_ROOM - STACK_OUTER_ROOM;

	if (total <= STACK_ROOM)
		return;
	for (size_t at = total - STACK_OUTER_ROOM; at < STACK_ROOM; at++) {
		o->pcs[at % STACK_OUTER_ROOM] = s->pcs[at];
		o->exact[at % STACK_OUTER_ROOM] = s->exact[at];
	}
	for (size_t i = 0; i < STACK_OUTER_ROOM; i++) {
		/* cppcheck-suppress uninitvar ; keep_frame filled the ring, or the loop above did */
		s->pcs[first + i] = o->pcs[(total + i) % STACK_OUTER_ROOM];
		s->exact[first + i] = o->exact[(total + i) % STACK_OUTER_ROOM];
	}
	s->pcs[first - 1] = total - STACK_ROOM + 1;
	s->exact[first - 1] = STACK_LEFT_OUT;
}

static struct frame_regs first_frame(struct unwinder *u, const struct ts_regs *regs, bool first_is_return)
{
	struct frame_regs f = {.known = REG_BIT(NREGS) - 1, .exact = !first_is_return};

	memcpy(f.regs, regs->r, sizeof(f.regs));
	if (first_is_return)
		f.regs[REG_PC] = step__unsigned_return(u, f.regs[REG_PC]);
	return f;
}

void unwinder__walk(struct unwinder *u, const struct ts_regs *regs, bool first_is_return,
		    const struct stack_memory *memory, struct stack *ret)
{
	struct frame_regs f = first_frame(u, regs, first_is_return);
	struct outer_end outer;
	size_t total = 0;

	walk_memory__start(&u->memory, memory);
	ret->count = 0;
	ret->end = STACK_TRUNCATED;
	while (total < (u->deep_left ? STACK_STEPS_MAX : STACK_ROOM)) {
		bool is_signal_return = false, exact = f.exact;
		uint64_t pc = f.regs[REG_PC];
		enum step s = step__up(u, &f, &is_signal_return);

		keep_frame(ret, &outer, total++, pc, exact || is_signal_return);
		if (s == STEP_END || (s == STEP_UP && f.regs[REG_PC] == 0 && !f.exact))
			ret->end = STACK_COMPLETE;
		else if (s == STEP_LOST && total == 1)
			ret->end = STACK_UNREADABLE;
		/* A "caller" outside code is invalid; what a signal interrupted may have jumped there. */
		if (ret->end != STACK_TRUNCATED || s == STEP_LOST ||
		    (!f.exact && !step__is_code(u, f.regs[REG_PC] - 1)))
			break;
	}
	u->deep_left -= total > STACK_ROOM;
	if (total < STACK_STEPS_MAX)
		join_ends(ret, &outer, total);
}

bool unwinder__registers(struct unwinder *u, const struct ts_regs *regs, bool first_is_return,
			 const struct stack_memory *memory, size_t steps, struct ts_regs *ret)
{
	struct frame_regs f = first_frame(u, regs, first_is_return);
	bool is_signal_return;

	walk_memory__start(&u->memory, memory);
	for (size_t i = 0; i < steps; i++)
		if (step__up(u, &f, &is_signal_return) != STEP_UP)
			return false;
	for (int i = 0; i < NREGS; i++)
		ret->r[i] = f.known & REG_BIT(i) ? f.regs[i] : 0;
	return true;
}

size_t unwinder__frames(struct unwinder *u, const struct ts_regs *regs, const struct stack_memory *memory,
			struct frame_state *ret, size_t room)
{
	struct frame_regs f = first_frame(u, regs, false);
	bool is_signal_return;
	size_t count = 0;

	walk_memory__start(&u->memory, memory);
	while (count < room) {
		ret[count] = (struct frame_state){.known = f.known, .exact = f.exact};
		memcpy(ret[count].regs, f.regs, sizeof(f.regs));
		count++;
		if (step__up(u, &f, &is_signal_return) != STEP_UP || !step__is_code(u, f.regs[REG_PC] - 1))
			break;
	}
	return count;
}

/* ---- for the kernel side ------------------------------------------------------ */

static struct ts_cfi_row compact(const struct row *row)
{
	struct ts_cfi_row out = {.kind = TS_CFI_COMPLEX};
	const struct rule *fp = &row->regs[REG_FP], *sp = &row->regs[REG_SP], *pc = &row->regs[row->pc_from];

	if (row->outermost) {
		out.kind = TS_CFI_END;
		return out;
	}
	if (row->kind != ROW_RULES || row->signal || row->cfa.kind != RULE_REGISTER ||
	    pc->kind != RULE_AT_OFFSET)
		return out;
	if (sp->kind != RULE_UNDEFINED && (sp->kind != RULE_OFFSET || sp->offset != 0))
		return out;
	if (fp->kind == RULE_SAME)
		out.fp_offset = TS_FP_SAME;
	else if (fp->kind == RULE_AT_OFFSET)
		out.fp_offset = fp->offset;
	else
		return out;
	out.cfa_offset = row->cfa.offset;
	out.pc_offset = pc->offset;
	if (row->cfa.reg == REG_SP)
		out.kind = TS_CFI_SP;
	else if (row->cfa.reg == REG_FP)
		out.kind = TS_CFI_FP;
	return out;
}

int unwinder__row(struct unwinder *u, uint64_t pc, bool is_return, struct ts_cfi_row *ret)
{
	const struct row *row = rules__row(&u->rules, is_return ? pc - 1 : pc, is_return);

	/* The kernel side does not notice when generated code changes. */
	if (row->kind == ROW_OUTSIDE || row->kind == ROW_NONE || row->kind == ROW_FRAMELESS || row->generated)
		return -ENOENT;
	*ret = compact(row);
	return 0;
}
