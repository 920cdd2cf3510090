/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DWARF expressions: what real ones mean, and that no other does harm. */
#include <dwarf.h>

#include "test.h"
#include "unwind/expression.h"

static bool read_none(void *arg, uint64_t address, void *buf, size_t size)
{
	(void)arg;
	memset(buf, 0, size);
	memcpy(buf, &address, size < 8 ? size : 8);
	return address != 0;
}

static bool evaluate(Dwarf_Op *ops, size_t n, uint64_t *ret)
{
	uint64_t regs[NREGS] = {[REG_SP] = 0x1000, [REG_PC] = 0x40100b};
	struct expression e = {ops, n, 0x10};
	struct expression_input in = {.regs = regs,
				      .known = 1u << REG_SP | 1u << REG_PC,
				      .cfa = 0x2000,
				      .cfa_known = true,
				      .read = read_none};

	return expression__evaluate(&e, &in, ret);
}

/* Every PLT has it: CFA = rsp + 8 + ((rip & 15) >= 11) << 3. */
TEST(the_expression_of_plt_stubs)
{
	Dwarf_Op ops[] = {{.atom = DW_OP_breg0 + REG_SP, .number = 8},
			  {.atom = DW_OP_breg0 + REG_PC, .number = 0},
			  {.atom = DW_OP_lit15},
			  {.atom = DW_OP_and},
			  {.atom = DW_OP_lit11},
			  {.atom = DW_OP_ge},
			  {.atom = DW_OP_lit3},
			  {.atom = DW_OP_shl},
			  {.atom = DW_OP_plus}};
	uint64_t v = 0;

	CHECK(evaluate(ops, 9, &v));
	CHECK_EQ(v, 0x1010);
}

TEST(expressions_never_run_away)
{
	Dwarf_Op loop[] = {{.atom = DW_OP_lit1}, {.atom = DW_OP_skip, .number = (Dwarf_Word)-4, .offset = 1}};
	Dwarf_Op grow[] = {{.atom = DW_OP_lit1},
			   {.atom = DW_OP_dup, .offset = 1},
			   {.atom = DW_OP_skip, .number = (Dwarf_Word)-4, .offset = 2}};
	Dwarf_Op zero[] = {{.atom = DW_OP_lit1}, {.atom = DW_OP_lit0}, {.atom = DW_OP_div}};
	Dwarf_Op least[] = {{.atom = DW_OP_const8s, .number = 1ULL << 63},
			    {.atom = DW_OP_const1s, .number = (Dwarf_Word)-1},
			    {.atom = DW_OP_div}};
	Dwarf_Op empty[] = {{.atom = DW_OP_plus}};
	Dwarf_Op unknown_register[] = {{.atom = DW_OP_breg0 + 3}};
	Dwarf_Op no_such_register[] = {{.atom = DW_OP_bregx, .number = 99}};
	Dwarf_Op unknown_op[] = {{.atom = DW_OP_lit1}, {.atom = 0xff}};
	Dwarf_Op nowhere[] = {{.atom = DW_OP_skip, .number = 0x7fff}};
	Dwarf_Op into_nothing[] = {{.atom = DW_OP_lit0}, {.atom = DW_OP_deref}};
	uint64_t v;

	CHECK(!evaluate(loop, 2, &v));
	CHECK(!evaluate(grow, 3, &v));
	CHECK(!evaluate(zero, 3, &v));
	CHECK(evaluate(least, 3, &v));
	CHECK(!evaluate(empty, 1, &v));
	CHECK(!evaluate(unknown_register, 1, &v));
	CHECK(!evaluate(no_such_register, 1, &v));
	CHECK(!evaluate(unknown_op, 2, &v));
	CHECK(!evaluate(nowhere, 1, &v));
	CHECK(!evaluate(into_nothing, 2, &v));
}

TEST_MAIN
