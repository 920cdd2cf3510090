/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DWARF expressions: each operation's result as DWARF 5, section 2.5 has it, written down as a number, and
 * that what is not sound does no harm.
 */
#include <dwarf.h>

#include "test.h"
#include "unwind/expression.h"

#define CFA  0x2000
#define SP   0x1000
#define PC   0x40100b
#define BIAS 0x10

/* Memory whose byte at address A is the low byte of A, and nothing at 0. */
static bool read_bytes(void *arg, uint64_t address, void *buf, size_t size)
{
	uint8_t *bytes = buf;

	(void)arg;
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(address + i);
	return address != 0;
}

static struct expression_input input(const uint64_t *regs)
{
	return (struct expression_input){.regs = regs,
					 .known = 1u << REG_SP | 1u << REG_PC,
					 .cfa = CFA,
					 .cfa_known = true,
					 .read = read_bytes};
}

static bool evaluate(Dwarf_Op *ops, size_t n, uint64_t *ret)
{
	uint64_t regs[NREGS] = {[REG_SP] = SP, [REG_PC] = PC};
	struct expression e = {ops, n, BIAS};
	struct expression_input in = input(regs);

	return expression__evaluate(&e, &in, ret);
}

#define OP(...)             \
	(Dwarf_Op)          \
	{                   \
		__VA_ARGS__ \
	}
/* The value that these operations leave on top. */
#define VALUE(want, ...)                                                    \
	do {                                                                \
		Dwarf_Op ops_[] = {__VA_ARGS__};                            \
		uint64_t v_ = 0x5eed;                                       \
		CHECK(evaluate(ops_, sizeof(ops_) / sizeof(ops_[0]), &v_)); \
		CHECK_EQ(v_, want);                                         \
	} while (0)
/* Refused, and nothing returned. */
#define REFUSED(...)                                                         \
	do {                                                                 \
		Dwarf_Op ops_[] = {__VA_ARGS__};                             \
		uint64_t v_ = 0x5eed;                                        \
		CHECK(!evaluate(ops_, sizeof(ops_) / sizeof(ops_[0]), &v_)); \
		CHECK_EQ(v_, 0x5eed);                                        \
	} while (0)
#define N(v)                     OP(.atom = DW_OP_const8s, .number = (Dwarf_Word)(v))
#define ATOM(name)               OP(.atom = (name))
#define BINARY(a, b, name, want) VALUE(want, N(a), N(b), ATOM(name))

/* Every PLT has it: CFA = rsp + 8 + ((rip & 15) >= 11) << 3. */
TEST(the_expression_of_plt_stubs)
{
	VALUE(0x1010, {.atom = DW_OP_breg0 + REG_SP, .number = 8},
	      {.atom = DW_OP_breg0 + REG_PC, .number = 0}, ATOM(DW_OP_lit15), ATOM(DW_OP_and),
	      ATOM(DW_OP_lit11), ATOM(DW_OP_ge), ATOM(DW_OP_lit3), ATOM(DW_OP_shl), ATOM(DW_OP_plus));
}

TEST(constants)
{
	static const unsigned int atoms[] = {DW_OP_const1u, DW_OP_const1s, DW_OP_const2u, DW_OP_const2s,
					     DW_OP_const4u, DW_OP_const4s, DW_OP_const8u, DW_OP_const8s,
					     DW_OP_constu,  DW_OP_consts};

	for (unsigned int i = 0; i < 32; i++)
		VALUE(i, ATOM(DW_OP_lit0 + i));
	for (size_t i = 0; i < sizeof(atoms) / sizeof(atoms[0]); i++)
		VALUE(-77, {.atom = atoms[i], .number = (Dwarf_Word)-77});
	VALUE(0x401010, {.atom = DW_OP_addr, .number = 0x401000}); /* where the module is loaded: + BIAS */
}

TEST(registers_and_the_frame)
{
	VALUE(SP + 8, {.atom = DW_OP_breg0 + REG_SP, .number = 8});
	VALUE(PC - 11, {.atom = DW_OP_breg0 + REG_PC, .number = (Dwarf_Word)-11});
	VALUE(SP - 16, {.atom = DW_OP_bregx, .number = REG_SP, .number2 = (Dwarf_Word)-16});
	VALUE(CFA, ATOM(DW_OP_call_frame_cfa));
	REFUSED({.atom = DW_OP_breg0 + 3});
	REFUSED({.atom = DW_OP_bregx, .number = 3});
	REFUSED({.atom = DW_OP_bregx, .number = NREGS});
	REFUSED({.atom = DW_OP_bregx, .number = 99});
	REFUSED({.atom = DW_OP_breg31});
}

TEST(the_last_register)
{
	uint64_t regs[NREGS] = {[NREGS - 1] = 7}, v = 0;
	struct expression_input in = input(regs);
	Dwarf_Op op = {.atom = DW_OP_bregx, .number = NREGS - 1, .number2 = 1};
	struct expression e = {&op, 1, BIAS};

	in.known = 1u << (NREGS - 1);
	CHECK(expression__evaluate(&e, &in, &v));
	CHECK_EQ(v, 8);
}

TEST(without_a_frame_address)
{
	uint64_t regs[NREGS] = {0}, v = 0x5eed;
	struct expression_input in = input(regs);
	Dwarf_Op ops[] = {{.atom = DW_OP_call_frame_cfa}, {.atom = DW_OP_lit1}};
	struct expression e = {ops, 2, 0};

	in.cfa_known = false;
	CHECK(!expression__evaluate(&e, &in, &v));
	CHECK_EQ(v, 0x5eed);
}

TEST(the_stack)
{
	VALUE(5, N(3), N(5), ATOM(DW_OP_dup));
	VALUE(25, N(5), ATOM(DW_OP_dup), ATOM(DW_OP_mul));
	VALUE(3, N(3), N(5), ATOM(DW_OP_drop));
	VALUE(3, N(3), N(5), ATOM(DW_OP_over));
	VALUE(-2, N(3), N(5), ATOM(DW_OP_over), ATOM(DW_OP_swap), ATOM(DW_OP_minus));
	VALUE(9, N(9), N(8), N(7), {.atom = DW_OP_pick, .number = 2});
	VALUE(7, N(9), N(8), N(7), {.atom = DW_OP_pick, .number = 0});
	VALUE(3, N(3), N(5), ATOM(DW_OP_swap));
	VALUE(2, N(3), N(5), ATOM(DW_OP_swap), ATOM(DW_OP_minus)); /* 5 - 3 */
	/* The third entry becomes the top's follower's follower: 1 2 3 -> 3 1 2 */
	VALUE(2, N(1), N(2), N(3), ATOM(DW_OP_rot));
	VALUE(1, N(1), N(2), N(3), ATOM(DW_OP_rot), ATOM(DW_OP_drop));
	VALUE(3, N(1), N(2), N(3), ATOM(DW_OP_rot), ATOM(DW_OP_drop), ATOM(DW_OP_drop));
	VALUE(4, N(4), ATOM(DW_OP_nop));
	VALUE(4, N(4), ATOM(DW_OP_stack_value));
}

TEST(too_little_on_the_stack)
{
	static const unsigned int two[] = {DW_OP_and, DW_OP_div,  DW_OP_minus, DW_OP_mod, DW_OP_mul,
					   DW_OP_or,  DW_OP_plus, DW_OP_shl,   DW_OP_shr, DW_OP_shra,
					   DW_OP_xor, DW_OP_eq,   DW_OP_ge,    DW_OP_gt,  DW_OP_le,
					   DW_OP_lt,  DW_OP_ne,   DW_OP_swap,  DW_OP_over};
	static const unsigned int one[] = {DW_OP_dup, DW_OP_drop, DW_OP_deref,      DW_OP_abs,
					   DW_OP_neg, DW_OP_not,  DW_OP_plus_uconst};

	for (size_t i = 0; i < sizeof(two) / sizeof(two[0]); i++) {
		REFUSED(ATOM(two[i]));
		REFUSED(N(1), ATOM(two[i]));
	}
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++) {
		REFUSED(ATOM(one[i]));
		REFUSED(ATOM(one[i]), N(1)); /* what comes later does not mend it */
	}
	REFUSED(N(1), N(2), ATOM(DW_OP_rot));
	REFUSED(N(1), N(2), {.atom = DW_OP_pick, .number = 2});
	REFUSED(N(1), {.atom = DW_OP_pick, .number = (Dwarf_Word)-1});
	REFUSED({.atom = DW_OP_bra, .number = 0});
	REFUSED(N(1), ATOM(DW_OP_drop)); /* no value is left */
	REFUSED(ATOM(DW_OP_nop));
}

TEST(arithmetic)
{
	BINARY(0xff0f, 0x0ff1, DW_OP_and, 0x0f01);
	BINARY(0xf000, 0x000f, DW_OP_or, 0xf00f);
	BINARY(0xff00, 0x0ff0, DW_OP_xor, 0xf0f0);
	BINARY(40, 2, DW_OP_plus, 42);
	BINARY(-1, 2, DW_OP_plus, 1);
	BINARY(40, 42, DW_OP_minus, -2);
	BINARY(-6, 7, DW_OP_mul, -42);
	BINARY(1ULL << 63, 2, DW_OP_mul, 0);
	/* Division is signed, the remainder is not. */
	BINARY(43, 7, DW_OP_div, 6);
	BINARY(-43, 7, DW_OP_div, -6);
	BINARY(43, -7, DW_OP_div, -6);
	BINARY(43, -1, DW_OP_div, -43);
	BINARY(1ULL << 63, -1, DW_OP_div, 1ULL << 63);
	BINARY(43, 7, DW_OP_mod, 1);
	BINARY(-1, 10, DW_OP_mod, 5); /* 18446744073709551615 */
	VALUE(50, N(42), {.atom = DW_OP_plus_uconst, .number = 8});
	VALUE(7, N(-7), ATOM(DW_OP_abs));
	VALUE(7, N(7), ATOM(DW_OP_abs));
	VALUE(0, N(0), ATOM(DW_OP_abs));
	VALUE(-7, N(7), ATOM(DW_OP_neg));
	VALUE(7, N(-7), ATOM(DW_OP_neg));
	VALUE(-1, N(0), ATOM(DW_OP_not));
	VALUE(0x0f, N(0xfffffffffffffff0), ATOM(DW_OP_not));
}

TEST(shifts)
{
	BINARY(3, 4, DW_OP_shl, 48);
	BINARY(1, 63, DW_OP_shl, 1ULL << 63);
	BINARY(1, 64, DW_OP_shl, 0);
	BINARY(-1, -1, DW_OP_shl, 0);
	BINARY(48, 4, DW_OP_shr, 3);
	BINARY(-1, 63, DW_OP_shr, 1);
	BINARY(-1, 64, DW_OP_shr, 0);
	BINARY(-48, 4, DW_OP_shra, -3);
	BINARY(48, 4, DW_OP_shra, 3);
	BINARY(1ULL << 63, 62, DW_OP_shra, -2);
	BINARY(-48, 64, DW_OP_shra, -1);
	BINARY(48, 64, DW_OP_shra, 0);
}

/* Signed, and each way round. */
TEST(comparisons)
{
	static const struct {
		unsigned int atom;
		int below, same, above; /* of -1 with 1, 5 with 5, 1 with -1 */
	} rows[] = {{DW_OP_eq, 0, 1, 0}, {DW_OP_ne, 1, 0, 1}, {DW_OP_lt, 1, 0, 0},
		    {DW_OP_le, 1, 1, 0}, {DW_OP_gt, 0, 0, 1}, {DW_OP_ge, 0, 1, 1}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		BINARY(-1, 1, rows[i].atom, rows[i].below);
		BINARY(5, 5, rows[i].atom, rows[i].same);
		BINARY(1, -1, rows[i].atom, rows[i].above);
	}
}

TEST(memory)
{
	VALUE(0x1716151413121110, N(0x1010), ATOM(DW_OP_deref));
	VALUE(0x10, N(0x1010), {.atom = DW_OP_deref_size, .number = 1});
	VALUE(0x13121110, N(0x1010), {.atom = DW_OP_deref_size, .number = 4});
	VALUE(0x1716151413121110, N(0x1010), {.atom = DW_OP_deref_size, .number = 8});
	REFUSED(N(0x1010), {.atom = DW_OP_deref_size, .number = 0});
	REFUSED(N(0x1010), {.atom = DW_OP_deref_size, .number = 9});
	REFUSED(N(0), ATOM(DW_OP_deref));
	REFUSED(N(0), ATOM(DW_OP_deref), N(1));
}

/* An operation's offset is where it is in the bytes of the expression; a jump counts from the end of its own
 * three. */
TEST(jumps)
{
	for (int condition = 0; condition < 2; condition++)
		VALUE(condition ? 3 : 2, ATOM(DW_OP_lit0 + condition),
		      {.atom = DW_OP_bra, .number = 4, .offset = 1}, {.atom = DW_OP_lit2, .offset = 4},
		      {.atom = DW_OP_skip, .number = 1, .offset = 5}, {.atom = DW_OP_lit3, .offset = 8});
	/* to the very end, past lit2 */
	VALUE(1, ATOM(DW_OP_lit1), {.atom = DW_OP_skip, .number = 1, .offset = 1},
	      {.atom = DW_OP_lit2, .offset = 4});
	/* backwards: 5 is counted down to 0, each time 2 is added */
	VALUE(10, ATOM(DW_OP_lit0), {.atom = DW_OP_lit5, .offset = 1},
	      {.atom = DW_OP_swap, .offset = 2}, /* counter, sum -> sum on top */
	      {.atom = DW_OP_plus_uconst, .number = 2, .offset = 3}, {.atom = DW_OP_swap, .offset = 5},
	      {.atom = DW_OP_lit1, .offset = 6}, {.atom = DW_OP_minus, .offset = 7},
	      {.atom = DW_OP_dup, .offset = 8}, {.atom = DW_OP_bra, .number = (Dwarf_Word)-10, .offset = 9},
	      {.atom = DW_OP_drop, .offset = 12});
	/* libdw puts the frame's address before what is in the file, at the same offset: a jump leads behind
	 * it. */
	VALUE(CFA + 3, {.atom = DW_OP_call_frame_cfa}, {.atom = DW_OP_plus_uconst, .number = 1},
	      {.atom = DW_OP_dup, .offset = 2}, {.atom = DW_OP_const2u, .number = CFA + 3, .offset = 3},
	      {.atom = DW_OP_lt, .offset = 6}, {.atom = DW_OP_bra, .number = (Dwarf_Word)-10, .offset = 7});
	/* into the middle of an operation, and before the first */
	REFUSED(ATOM(DW_OP_lit1), {.atom = DW_OP_skip, .number = 1, .offset = 1},
		{.atom = DW_OP_const2u, .number = 1, .offset = 4}, {.atom = DW_OP_lit1, .offset = 7});
	REFUSED({.atom = DW_OP_lit1}, {.atom = DW_OP_skip, .number = (Dwarf_Word)-5, .offset = 1});
	REFUSED({.atom = DW_OP_skip, .number = 0x7fff}); /* at the end: nothing is on the stack */
}

TEST(the_depth_is_bounded)
{
	Dwarf_Op ops[65];
	uint64_t v = 0;

	for (size_t i = 0; i < 65; i++)
		ops[i] = OP(.atom = DW_OP_lit7);
	CHECK(evaluate(ops, 64, &v));
	CHECK_EQ(v, 7);
	CHECK(!evaluate(ops, 65, &v));
}

TEST(the_steps_are_bounded)
{
	static Dwarf_Op ops[1025];
	Dwarf_Op loop[] = {{.atom = DW_OP_lit1}, {.atom = DW_OP_skip, .number = (Dwarf_Word)-3, .offset = 1}};
	Dwarf_Op grow[] = {{.atom = DW_OP_lit1},
			   {.atom = DW_OP_dup, .offset = 1},
			   {.atom = DW_OP_skip, .number = (Dwarf_Word)-4, .offset = 2}};
	uint64_t v = 0;

	for (size_t i = 0; i < 1025; i++)
		ops[i] = OP(.atom = i ? DW_OP_nop : DW_OP_lit7);
	CHECK(evaluate(ops, 1024, &v));
	CHECK(!evaluate(ops, 1025, &v));
	CHECK(!evaluate(loop, 2, &v));
	CHECK(!evaluate(grow, 3, &v));
}

TEST(division_by_nothing)
{
	REFUSED(N(1), N(0), ATOM(DW_OP_div));
	REFUSED(N(1), N(0), ATOM(DW_OP_mod));
	REFUSED(N(1), N(0), ATOM(DW_OP_div), N(1));
	REFUSED(N(1), N(0), ATOM(DW_OP_mod), N(1));
}

/* Of all 256 codes, those that are known: all that DWARF 5 has and that make sense in call frame information.
 */
TEST(every_other_operation_is_refused)
{
	static const unsigned int refused[] = {DW_OP_xderef,
					       DW_OP_xderef_size,
					       DW_OP_push_object_address,
					       DW_OP_call2,
					       DW_OP_call4,
					       DW_OP_call_ref,
					       DW_OP_form_tls_address,
					       DW_OP_bit_piece,
					       DW_OP_piece,
					       DW_OP_implicit_value,
					       DW_OP_implicit_pointer,
					       DW_OP_addrx,
					       DW_OP_entry_value,
					       DW_OP_regx,
					       DW_OP_fbreg};
	size_t known = 0;

	for (unsigned int atom = 0; atom < 256; atom++) {
		/* enough on the stack, a register that is known, a size that can be read; a jump goes to the
		 * next */
		Dwarf_Op ops[] = {N(0x1010), N(0x1011), N(0x1012), OP(.atom = (uint8_t)atom, .offset = 4),
				  OP(.atom = DW_OP_nop, .offset = 7)};
		uint64_t regs[NREGS] = {0}, v;
		struct expression_input in = input(regs);
		struct expression e = {ops, 5, 0};

		if (atom == DW_OP_deref_size)
			ops[3].number = 8;
		in.known = UINT32_MAX;
		known += expression__evaluate(&e, &in, &v);
		for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
			CHECK(atom != refused[i] || !expression__evaluate(&e, &in, &v));
	}
	/*
	 * addr, deref, 10 constants; dup, drop, over, pick, swap, rot; abs to xor without xderef: 14; bra, 6
	 * comparisons, skip; lit0 to lit31; breg of each register there is; bregx, deref_size, nop,
	 * call_frame_cfa, stack_value
	 */
	CHECK_EQ(known, 1 + 1 + 10 + 6 + 15 + 8 + 32 + (NREGS < 32 ? NREGS : 32) + 5);
	REFUSED(N(1), ATOM(0xff));
}

TEST_MAIN
