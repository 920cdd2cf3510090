/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/module.h"
#include "unwind/arch.h"
#include "unwind/by_code.h"
#include "util/array.h"
#include "unwind/rules.h"

#define ROWS_MAX        (1u << 20) /* beyond that, all are dropped */
#define EXPRESSIONS_MAX UINT16_MAX
#define OPS_MAX         256

/* ---- from libdw's form to rows --------------------------------------------- */

static bool add_expression(struct rules *r, const Dwarf_Op *ops, size_t count, uint64_t bias, uint16_t *ret)
{
	struct expression *e;

	if (!count || count > OPS_MAX || r->expression_count >= EXPRESSIONS_MAX)
		return false;
	*ret = (uint16_t)r->expression_count;
	e = ARRAY_ADD(r->expressions, r->expression_count, r->expression_room);
	e->ops = arena__copy(&r->ops, ops, count * sizeof(*ops));
	e->count = count;
	e->bias = bias;
	return true;
}

static bool fits(int64_t n)
{
	return n >= INT32_MIN && n <= INT32_MAX;
}

/* A call frame, and the operations that it refers to. */
struct source {
	struct call_frame frame;
	const Dwarf_Op *ops;
	uint64_t bias;
};

/*
 * The forms of dwarf_frame_register (libdw.h): no ops is "same" or "undefined";
 * CFA [+ n] is an address, with stack_value at the end a value; regx a register.
 */
static struct rule register_rule(struct rules *r, const struct source *s, int reg)
{
	const struct call_frame_rule *from = &s->frame.regs[reg];
	const Dwarf_Op *ops = s->ops + from->first;
	struct rule rule = {.kind = RULE_UNDEFINED};
	size_t n = from->count;

	if (!from->known)
		return rule;
	if (n == 0) {
		rule.kind = from->plain && !(unwind_arch.same_without_rule & REG_BIT(reg)) ? RULE_UNDEFINED
											   : RULE_SAME;
		return rule;
	}
	bool value = ops[n - 1].atom == DW_OP_stack_value;
	size_t m = value ? n - 1 : n;
	int64_t offset = m == 2 ? (int64_t)ops[1].number : 0;
	if (from->plain && ops[0].atom == DW_OP_regx && n == 1) {
		if (ops[0].number < NREGS) {
			rule.kind = RULE_REGISTER;
			rule.reg = (uint8_t)ops[0].number;
		}
	} else if (ops[0].atom == DW_OP_call_frame_cfa &&
		   (m == 1 || (m == 2 && ops[1].atom == DW_OP_plus_uconst)) && fits(offset)) {
		rule.kind = value ? RULE_OFFSET : RULE_AT_OFFSET;
		rule.offset = (int32_t)offset;
	} else if (add_expression(r, ops, n, s->bias, &rule.expression)) {
		rule.kind = value ? RULE_EXPRESSION : RULE_AT_EXPRESSION;
	}
	return rule;
}

static struct rule cfa_rule(struct rules *r, const struct source *s)
{
	const Dwarf_Op *ops = s->ops + s->frame.cfa.first;
	struct rule rule = {.kind = RULE_UNDEFINED};
	size_t n = s->frame.cfa.count;

	if (!n)
		return rule;
	bool simple = n == 1 && (ops[0].atom == DW_OP_bregx ||
				 (ops[0].atom >= DW_OP_breg0 && ops[0].atom <= DW_OP_breg31));
	uint64_t reg = ops[0].atom == DW_OP_bregx ? ops[0].number : ops[0].atom - (uint64_t)DW_OP_breg0;
	int64_t offset = (int64_t)(ops[0].atom == DW_OP_bregx ? ops[0].number2 : ops[0].number);
	if (simple && reg < NREGS && fits(offset)) {
		rule.kind = RULE_REGISTER;
		rule.reg = (uint8_t)reg;
		rule.offset = (int32_t)offset;
	} else if (!simple && add_expression(r, ops, n, s->bias, &rule.expression)) {
		rule.kind = RULE_EXPRESSION;
	}
	return rule;
}

static void fill_rules(struct rules *r, const struct source *s, struct row *row)
{
	int from = s->frame.pc_from;

	if (from < 0 || from >= NREGS)
		return;
	row->kind = ROW_RULES;
	row->signal = s->frame.signal != 0;
	row->pc_from = (uint8_t)from;
	row->cfa = cfa_rule(r, s);
	for (int i = 0; i < NREGS; i++)
		row->regs[i] = register_rule(r, s, i);
	row->outermost = row->regs[from].kind == RULE_UNDEFINED;
}

static const struct mapping *mapping_of(const struct rules *r, uint64_t address)
{
	return r->symbolizer ? mappings__find(symbolizer__mappings(r->symbolizer), address) : NULL;
}

void rules__fill(struct rules *r, struct module *m, const struct module_place *place, uint64_t vaddr,
		 uint64_t bias, struct row *row)
{
	struct source s = {.bias = bias};

	if (!module__call_frame(m, place, CALL_FRAME_EH, vaddr, NREGS, &s.frame, &s.ops)) {
		/* Within code that has rules, a gap after a system call is intended: a debug file, which
		 * takes long to load, would not have a rule either. */
		if (s.frame.has_any &&
		    (by_code__function(m, place, vaddr, vaddr + bias, row) ||
		     by_code__behind_syscall(place->process, mapping_of(r, vaddr + bias), vaddr + bias, row)))
			return;
		if (!module__call_frame(m, place, CALL_FRAME_DEBUG, vaddr, NREGS, &s.frame, &s.ops))
			return;
	}
	fill_rules(r, &s, row);
}

static void fill_by_code(struct module *m, const struct module_place *place, const struct mapping *map,
			 uint64_t vaddr, struct row *row)
{
	uint64_t address = row->address;
	enum frame_use use;

	if (by_code__function(m, place, vaddr, address, row) ||
	    by_code__forward(place->process, map, address, row))
		return;
	use = by_code__frame_use(m, place, vaddr, address);
	if (use != FRAME_SET_UP)
		by_code__behind_syscall(place->process, map, address, row);
	if (row->kind == ROW_NONE && use == FRAME_LESS)
		row->kind = ROW_FRAMELESS;
}

static void fill(struct rules *r, uint64_t address, bool is_return, struct row *row)
{
	struct module_place place = {.process = symbolizer__process(r->symbolizer),
				     .path = symbolizer__module_path(r->symbolizer, address)};
	const struct mapping *map = mapping_of(r, address);
	struct module *m;
	uint64_t vaddr;

	row->address = address;
	row->kind = map && map->executable ? ROW_NONE : ROW_OUTSIDE;
	if (row->kind == ROW_OUTSIDE)
		return;
	m = symbolizer__module(r->symbolizer, address, &vaddr);
	if (m && module__is_native(m))
		rules__fill(r, m, &place, vaddr, address - vaddr, row);
	/* A return address may be at the start of the code, and look-ups use the byte before. */
	if (row->kind == ROW_NONE && (by_code__is_sigreturn(place.process, address + 1) ||
				      by_code__is_sigreturn(place.process, address)))
		row->kind = ROW_SIGRETURN;
	if (row->kind == ROW_NONE && m)
		fill_by_code(m, &place, map, vaddr, row);
	else if (row->kind == ROW_NONE)
		by_code__generated(place.process, map, address, is_return, row);
}

/* ---- the cache -------------------------------------------------------------- */

const struct row *rules__row(struct rules *r, uint64_t address, bool is_return)
{
	struct row *row;
	bool made;

	if (r->rows.count >= ROWS_MAX || r->expression_count >= EXPRESSIONS_MAX)
		rules__forget(r);
	row = u64_table__get(&r->rows, sizeof(*row), address, &made);
	if (!made && (!row->generated || row->age == r->age))
		return row;
	*row = (struct row){.age = r->age};
	fill(r, address, is_return, row);
	return row;
}

void rules__renew(struct rules *r)
{
	r->age++;
}

void rules__forget(struct rules *r)
{
	u64_table__free(&r->rows);
	arena__free(&r->ops);
	free(r->expressions);
	r->expressions = NULL;
	r->expression_count = r->expression_room = 0;
}
