/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk: from one frame's registers to its caller's, until the rules end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unwind/step.h"
#include "util/heap.h"
#include "unwind/unwind.h"

struct unwinder *unwinder__new(struct symbolizer *s)
{
	struct unwinder *u = HEAP_NEW(struct unwinder, 1);

	u->rules.symbolizer = s;
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
}

void unwinder__walk(struct unwinder *u, const struct ts_regs *regs, bool first_is_return,
		    const struct stack_memory *memory, struct stack *ret)
{
	struct frame_regs f = {.known = REG_BIT(NREGS) - 1, .exact = !first_is_return};
	const size_t room = sizeof(ret->pcs) / sizeof(ret->pcs[0]);

	memcpy(f.regs, regs->r, sizeof(f.regs));
	walk_memory__start(&u->memory, memory);
	ret->count = 0;
	ret->end = STACK_TRUNCATED;
	while (ret->count < room) {
		bool is_signal_return = false, exact = f.exact;
		enum step s;

		ret->pcs[ret->count++] = f.regs[REG_PC];
		s = step__up(u, &f, &is_signal_return);
		ret->exact[ret->count - 1] = exact || is_signal_return;
		if (s == STEP_END || (s == STEP_UP && f.regs[REG_PC] == 0 && !f.exact)) {
			ret->end = STACK_COMPLETE;
			return;
		}
		if (s == STEP_LOST) {
			if (ret->count == 1)
				ret->end = STACK_UNREADABLE;
			return;
		}
		/* A "caller" outside code is invalid; what a signal interrupted may have jumped there. */
		if (!f.exact && !step__is_code(u, f.regs[REG_PC] - 1))
			return;
	}
}

bool unwinder__registers(struct unwinder *u, const struct ts_regs *regs, bool first_is_return,
			 const struct stack_memory *memory, size_t steps, struct ts_regs *ret)
{
	struct frame_regs f = {.known = REG_BIT(NREGS) - 1, .exact = !first_is_return};
	bool is_signal_return;

	memcpy(f.regs, regs->r, sizeof(f.regs));
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
	struct frame_regs f = {.known = REG_BIT(NREGS) - 1, .exact = true};
	bool is_signal_return;
	size_t count = 0;

	memcpy(f.regs, regs->r, sizeof(f.regs));
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
