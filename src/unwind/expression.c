/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dwarf.h>
#include <string.h>

#include "unwind/expression.h"

#define STEPS_MAX 1024
#define DEPTH_MAX 64

struct machine {
	uint64_t stack[DEPTH_MAX];
	size_t depth;
	bool failed;
};

static void push(struct machine *m, uint64_t v)
{
	if (m->depth == DEPTH_MAX)
		m->failed = true;
	else
		m->stack[m->depth++] = v;
}

static uint64_t pop(struct machine *m)
{
	if (!m->depth) {
		m->failed = true;
		return 0;
	}
	return m->stack[--m->depth];
}

static uint64_t pick(struct machine *m, uint64_t from_top)
{
	if (from_top >= m->depth) {
		m->failed = true;
		return 0;
	}
	return m->stack[m->depth - 1 - from_top];
}

/* Operations with two operands. False: not one of them. */
static bool binary(struct machine *m, unsigned int atom)
{
	uint64_t b, a, v;

	if ((atom < DW_OP_and || atom > DW_OP_xor || atom == DW_OP_neg || atom == DW_OP_not ||
	     atom == DW_OP_plus_uconst) &&
	    (atom < DW_OP_eq || atom > DW_OP_ne))
		return false;
	b = pop(m);
	a = pop(m);
	int64_t sa = (int64_t)a, sb = (int64_t)b;
	switch (atom) {
	case DW_OP_and:
		v = a & b;
		break;
	case DW_OP_div:
		m->failed |= sb == 0;
		v = sb == 0 ? 0 : sb == -1 ? 0 - a : (uint64_t)(sa / sb);
		break;
	case DW_OP_minus:
		v = a - b;
		break;
	case DW_OP_mod:
		m->failed |= b == 0;
		v = b ? a % b : 0;
		break;
	case DW_OP_mul:
		v = a * b;
		break;
	case DW_OP_or:
		v = a | b;
		break;
	case DW_OP_plus:
		v = a + b;
		break;
	case DW_OP_shl:
		v = b < 64 ? a << b : 0;
		break;
	case DW_OP_shr:
		v = b < 64 ? a >> b : 0;
		break;
	case DW_OP_shra:
		v = (uint64_t)(sa >> (b < 64 ? b : 63));
		break;
	case DW_OP_xor:
		v = a ^ b;
		break;
	case DW_OP_eq:
		v = a == b;
		break;
	case DW_OP_ge:
		v = sa >= sb;
		break;
	case DW_OP_gt:
		v = sa > sb;
		break;
	case DW_OP_le:
		v = sa <= sb;
		break;
	case DW_OP_lt:
		v = sa < sb;
		break;
	default: /* DW_OP_ne */
		v = a != b;
	}
	push(m, v);
	return true;
}

static void push_register(struct machine *m, const struct expression_input *in, uint64_t reg, uint64_t offset)
{
	if (reg >= NREGS || !(in->known & REG_BIT(reg)))
		m->failed = true;
	else
		push(m, in->regs[reg] + offset);
}

static void deref(struct machine *m, const struct expression_input *in, uint64_t size)
{
	uint64_t v = 0, address = pop(m);

	/* Little-endian: the low bytes are the first. */
	if (m->failed || !size || size > 8 || !in->read(in->arg, address, &v, size))
		m->failed = true;
	else
		push(m, v);
}

/* All other operations except for jumps. False: unknown. */
static bool single(struct machine *m, const Dwarf_Op *op, const struct expression_input *in, uint64_t bias)
{
	unsigned int atom = op->atom;
	uint64_t a, b, c;

	if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31) {
		push(m, atom - DW_OP_lit0);
		return true;
	}
	if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31) {
		push_register(m, in, atom - DW_OP_breg0, op->number);
		return true;
	}
	switch (atom) {
	case DW_OP_addr:
		push(m, op->number + bias);
		break;
	case DW_OP_const1u:
	case DW_OP_const1s:
	case DW_OP_const2u:
	case DW_OP_const2s:
	case DW_OP_const4u:
	case DW_OP_const4s:
	case DW_OP_const8u:
	case DW_OP_const8s:
	case DW_OP_constu:
	case DW_OP_consts: /* libdw has extended the sign */
		push(m, op->number);
		break;
	case DW_OP_bregx:
		push_register(m, in, op->number, op->number2);
		break;
	case DW_OP_call_frame_cfa:
		m->failed |= !in->cfa_known;
		push(m, in->cfa);
		break;
	case DW_OP_dup:
		push(m, pick(m, 0));
		break;
	case DW_OP_drop:
		pop(m);
		break;
	case DW_OP_over:
		push(m, pick(m, 1));
		break;
	case DW_OP_pick:
		push(m, pick(m, op->number));
		break;
	case DW_OP_swap:
		b = pop(m), a = pop(m);
		push(m, b), push(m, a);
		break;
	case DW_OP_rot:
		c = pop(m), b = pop(m), a = pop(m);
		push(m, c), push(m, a), push(m, b);
		break;
	case DW_OP_deref:
		deref(m, in, 8);
		break;
	case DW_OP_deref_size:
		deref(m, in, op->number);
		break;
	case DW_OP_abs:
		a = pop(m);
		push(m, (int64_t)a < 0 ? 0 - a : a);
		break;
	case DW_OP_neg:
		push(m, 0 - pop(m));
		break;
	case DW_OP_not:
		push(m, ~pop(m));
		break;
	case DW_OP_plus_uconst:
		push(m, pop(m) + op->number);
		break;
	case DW_OP_nop:
	case DW_OP_stack_value: /* only at the end, where the rule's kind implies it */
		break;
	default:
		return false;
	}
	return true;
}

/* The target of a jump: number is relative to the end of the three-byte operation. */
static bool jump(const struct expression *e, size_t from, size_t *ret)
{
	int64_t to = (int64_t)e->ops[from].offset + 3 + (int16_t)e->ops[from].number;

	for (size_t i = 0; i < e->count; i++) {
		if ((int64_t)e->ops[i].offset == to && e->ops[i].atom != DW_OP_call_frame_cfa) {
			*ret = i;
			return true;
		}
	}
	*ret = e->count; /* its end is a valid target; others are invalid */
	return to > (int64_t)e->ops[e->count - 1].offset;
}

bool expression__evaluate(const struct expression *e, const struct expression_input *in, uint64_t *ret)
{
	struct machine m = {.depth = 0};
	size_t at = 0;

	for (int step = 0; at < e->count && !m.failed; step++) {
		const Dwarf_Op *op = &e->ops[at];

		if (step == STEPS_MAX)
			return false;
		if (op->atom == DW_OP_skip || op->atom == DW_OP_bra) {
			if (op->atom == DW_OP_bra && !pop(&m))
				at++;
			else if (!jump(e, at, &at))
				return false;
			continue;
		}
		if (!binary(&m, op->atom) && !single(&m, op, in, e->bias))
			return false;
		at++;
	}
	if (m.failed || !m.depth)
		return false;
	*ret = m.stack[m.depth - 1];
	return true;
}
