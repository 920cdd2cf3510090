/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules from a function's own instructions: against the call frame information
 * of the same function, wherever it has some, for all of the C library; and by hand.
 */
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unistd.h>

#include "test.h"
#include "unwind/rules.h"
#include "unwind/x86/follow.h"
#include "unwind/x86/decode.h"

struct tally {
	size_t functions, places, equal, other, unknown, different;
};

static bool same_rule(const struct rule *a, const struct rule *b)
{
	return a->kind == b->kind && (a->kind != RULE_AT_OFFSET || a->offset == b->offset);
}

/* CFA and where the frame pointer is: the rest follows the same way. */
static bool same_row(const struct row *a, const struct row *b)
{
	if (a->outermost || b->outermost)
		return a->outermost == b->outermost;
	return a->cfa.kind == b->cfa.kind && a->cfa.reg == b->cfa.reg && a->cfa.offset == b->cfa.offset &&
	       same_rule(&a->regs[REG_FP], &b->regs[REG_FP]);
}

/* The CFA by the stack pointer and by the frame pointer may both be right. */
static bool by_other_register(const struct row *a, const struct row *b)
{
	return a->cfa.kind == b->cfa.kind && a->cfa.reg != b->cfa.reg;
}

/* Each call in a function. */
static void compare(struct rules *r, const uint8_t *code, size_t size, struct tally *t)
{
	struct x86_insn i;

	t->functions++;
	for (size_t at = 0; at < size && x86_decode(code + at, size - at, &i); at += i.length) {
		struct row mine = {0};
		const struct row *real;

		if (i.map || i.vector || i.opcode != 0xe8)
			continue;
		real = rules__row(r, (uint64_t)(uintptr_t)code + at, false);
		if (real->kind != ROW_RULES || real->followed)
			continue;
		t->places++;
		if (!follow__row(code, size, at + i.length - 1, &mine)) {
			t->unknown++;
		} else if (by_other_register(&mine, real)) {
			t->other++;
		} else if (same_row(&mine, real)) {
			t->equal++;
		} else if (!t->different++) {
			printf("# at %p in %p: CFA is reg %u %d, not %u %d\n", (const void *)(code + at),
			       (const void *)code, mine.cfa.reg, mine.cfa.offset, real->cfa.reg,
			       real->cfa.offset);
		}
	}
}

/* Some address in the C library's code, of a function that no sanitizer replaces. */
static uint64_t some_code(void)
{
	return (uint64_t)(uintptr_t)&gnu_get_libc_version;
}

TEST(what_the_code_says_is_what_its_call_frame_information_says)
{
	struct rules r = {0};
	struct module_place place;
	struct tally t = {0};
	struct process *p;
	struct module *m;
	uint64_t vaddr, bias;

	CHECK(!process__open(getpid(), &p));
	CHECK(!symbolizer__new(p, &r.symbolizer));
	symbolizer__refresh(r.symbolizer);
	m = symbolizer__module(r.symbolizer, some_code(), &vaddr);
	CHECK(m != NULL);
	bias = some_code() - vaddr;
	place = (struct module_place){.process = p,
				      .path = symbolizer__module_path(r.symbolizer, some_code())};
	for (uint64_t at = module__start(m); m && at < module__end(m);) {
		const struct elf_symbol *s = module__function(m, &place, at);
		const struct mapping *map = mappings__find(symbolizer__mappings(r.symbolizer), at + bias);

		if (s && s->start == at && s->sized && !strstr(s->name, ".cold") && map && map->executable &&
		    s->end + bias <= map->end)
			compare(&r, (const uint8_t *)(uintptr_t)(at + bias), s->end - s->start, &t);
		at = s && s->end > at ? s->end : at + 1;
	}
	printf("# %zu functions, %zu calls: %zu equal, %zu unknown, %zu different\n", t.functions, t.places,
	       t.equal, t.unknown, t.different);
	CHECK(t.functions > 1000 && t.places > 5000);
	CHECK_EQ(t.different, 0);
	CHECK(t.equal + t.other > t.places / 10 * 9);
	rules__forget(&r);
	symbolizer__free(r.symbolizer);
	process__close(p);
}

#define FOLLOW(code, at, row) follow__row((const uint8_t *)(code), sizeof(code) - 1, at, row)

TEST(by_hand)
{
	struct row row = {0};

	/* push %rbx; sub $16,%rsp; call .; add $16,%rsp; pop %rbx; ret */
	static const char usual[] = "\x53\x48\x83\xec\x10\xe8\0\0\0\0\x48\x83\xc4\x10\x5b\xc3";

	CHECK(FOLLOW(usual, 9, &row));
	CHECK_EQ(row.cfa.reg, REG_SP);
	CHECK_EQ(row.cfa.offset, 32);
	CHECK_EQ(row.regs[3].kind, RULE_AT_OFFSET);
	CHECK_EQ(row.regs[3].offset, -16);
	CHECK_EQ(row.regs[REG_FP].kind, RULE_SAME);
	CHECK(FOLLOW(usual, 15, &row)); /* at the ret: taken back */
	CHECK_EQ(row.cfa.offset, 8);
	CHECK_EQ(row.regs[3].kind, RULE_SAME);
	/* je over an early return: push %rbp; test %eax,%eax; je 1f; pop %rbp; ret; 1: syscall */
	CHECK(FOLLOW("\x55\x85\xc0\x74\x02\x5d\xc3\x0f\x05", 7, &row));
	CHECK_EQ(row.cfa.offset, 16);
	/* push %rbp; mov %rsp,%rbp; sub %rax,%rsp; call . */
	CHECK(FOLLOW("\x55\x48\x89\xe5\x48\x29\xc4\xe8\0\0\0\0", 8, &row));
	CHECK_EQ(row.cfa.reg, REG_FP);
	CHECK_EQ(row.cfa.offset, 16);
	CHECK_EQ(row.regs[REG_FP].offset, -16);
	/* xor %ebp,%ebp; pop %rdi; call *%r9: a thread's first function */
	CHECK(FOLLOW("\x31\xed\x5f\x41\xff\xd1", 5, &row));
	CHECK(row.outermost);
}

TEST(what_is_not_understood_is_no_rule)
{
	struct row row = {.kind = ROW_NONE};

	CHECK(!FOLLOW("\x48\x89\xc4\xe8\0\0\0\0", 4, &row)); /* mov %rax,%rsp */
	CHECK(!FOLLOW("\xc3\xe8\0\0\0\0", 2, &row));         /* behind a ret, reached by nobody */
	CHECK(!FOLLOW("\x74\x01\x50\xe8\0\0\0\0", 4, &row)); /* by two ways, with two stacks */
	CHECK(!FOLLOW("\x06\xe8\0\0\0\0", 2, &row));         /* no such instruction */
	CHECK(!FOLLOW("\x5b\x5b\xe8\0\0\0\0", 3, &row));     /* took what is its caller's */
	CHECK(!FOLLOW("\x90", 1, &row));                     /* outside */
	CHECK(!FOLLOW("\xeb\xfe", 2, &row));                 /* for ever */
	CHECK_EQ(row.kind, ROW_NONE);
}

/* What is known at the last byte of it. */
static struct row at_end(const char *code, size_t size)
{
	struct row row = {0};

	CHECK(follow__row((const uint8_t *)code, size, size - 1, &row));
	CHECK(row.followed && row.kind == ROW_RULES && row.pc_from == REG_PC);
	return row;
}
#define AT_END(code) at_end(code "\x90", sizeof(code))

static void check_cfa(struct row row, unsigned reg, int offset)
{
	CHECK_EQ(row.cfa.kind, RULE_REGISTER);
	CHECK_EQ(row.cfa.reg, reg);
	CHECK_EQ(row.cfa.offset, offset);
}

TEST(the_stack_pointer)
{
	struct row row = AT_END("");

	check_cfa(row, REG_SP, 8);
	CHECK_EQ(row.regs[REG_PC].kind, RULE_AT_OFFSET);
	CHECK_EQ(row.regs[REG_PC].offset, -8);
	CHECK_EQ(row.regs[REG_SP].kind, RULE_OFFSET);
	CHECK_EQ(row.regs[REG_SP].offset, 0);
	CHECK_EQ(row.regs[0].kind, RULE_UNDEFINED);
	check_cfa(AT_END("\x50"), REG_SP, 16);                         /* push %rax */
	check_cfa(AT_END("\x57"), REG_SP, 16);                         /* push %rdi */
	check_cfa(AT_END("\x6a\x01"), REG_SP, 16);                     /* push $1 */
	check_cfa(AT_END("\x68\0\0\0\0"), REG_SP, 16);                 /* push $0 */
	check_cfa(AT_END("\xff\x30"), REG_SP, 16);                     /* push (%rax) */
	check_cfa(AT_END("\x9c"), REG_SP, 16);                         /* pushf */
	check_cfa(AT_END("\x9c\x9d"), REG_SP, 8);                      /* popf */
	check_cfa(AT_END("\x50\x58"), REG_SP, 8);                      /* pop %rax */
	check_cfa(AT_END("\x50\x5f"), REG_SP, 8);                      /* pop %rdi */
	check_cfa(AT_END("\x50\x8f\x00"), REG_SP, 8);                  /* pop (%rax) */
	check_cfa(AT_END("\xff\xc0"), REG_SP, 8);                      /* inc %eax */
	check_cfa(AT_END("\x48\x83\xec\x10"), REG_SP, 24);             /* sub $16,%rsp */
	check_cfa(AT_END("\x48\x81\xec\0\1\0\0"), REG_SP, 264);        /* sub $256,%rsp */
	check_cfa(AT_END("\x50\x50\x48\x83\xc4\x08"), REG_SP, 16);     /* add $8,%rsp */
	check_cfa(AT_END("\x50\x50\x48\x8d\x64\x24\x08"), REG_SP, 16); /* lea 8(%rsp),%rsp */
	check_cfa(AT_END("\x48\x8d\x64\x24\xf0"), REG_SP, 24);         /* lea -16(%rsp),%rsp */
}

TEST(the_frame_pointer)
{
#define SET_UP "\x55\x48\x89\xe5"                           /* push %rbp; mov %rsp,%rbp */
	struct row row = AT_END(SET_UP "\x48\x83\xe4\xf0"); /* and $-16,%rsp */

	check_cfa(row, REG_FP, 16);
	CHECK_EQ(row.regs[REG_FP].kind, RULE_AT_OFFSET);
	CHECK_EQ(row.regs[REG_FP].offset, -16);
	check_cfa(AT_END("\x55\x48\x8b\xec\x48\x83\xe4\xf0"), REG_FP, 16);        /* the other encoding */
	check_cfa(AT_END(SET_UP "\x48\x83\xe4\xf0\x48\x89\xec"), REG_SP, 16);     /* mov %rbp,%rsp */
	check_cfa(AT_END(SET_UP "\x48\x83\xe4\xf0\x48\x8b\xe5"), REG_SP, 16);     /* the other encoding */
	check_cfa(AT_END(SET_UP "\x48\x83\xe4\xf0\x48\x8d\x65\xf8"), REG_SP, 24); /* lea -8(%rbp),%rsp */
	check_cfa(AT_END(SET_UP "\x48\x83\xe4\xf0\xc9"), REG_SP, 8);              /* leave */
	/* lea 8(%rax),%rsp and mov %rax,%rsp: anywhere; the frame pointer still tells */
	check_cfa(AT_END(SET_UP "\x48\x8d\x60\x08"), REG_FP, 16);
	check_cfa(AT_END(SET_UP "\x48\x89\xc4"), REG_FP, 16);
	CHECK(!FOLLOW(SET_UP "\x5c\x90", 5, &row)); /* pop %rsp */
	/* Without REX.W it is another instruction: sub $16,%esp, mov %esp,%ebp */
	check_cfa(AT_END(SET_UP "\x83\xec\x10"), REG_FP, 16);
	CHECK(!FOLLOW("\x55\x89\xe5\x48\x83\xe4\xf0\x90", 7, &row));
	CHECK(!FOLLOW(SET_UP "\xc8\0\0\0\x90", 8, &row)); /* enter */
}

TEST(saved_registers)
{
	/* push of each that a function gives back: its DWARF number, and that of the CFA */
	static const struct {
		const char *code;
		size_t size;
		unsigned reg;
	} rows[] = {{"\x53", 1, 3},      {"\x55", 1, 6},      {"\x41\x54", 2, 12},
		    {"\x41\x55", 2, 13}, {"\x41\x56", 2, 14}, {"\x41\x57", 2, 15}};
	struct row row;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char code[8] = {0};

		memcpy(code, rows[i].code, rows[i].size);
		code[rows[i].size] = (char)0x90;
		row = at_end(code, rows[i].size + 1);
		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
			CHECK_EQ(row.regs[rows[k].reg].kind, k == i ? RULE_AT_OFFSET : RULE_SAME);
		CHECK_EQ(row.regs[rows[i].reg].offset, -16);
	}
	/* sub $24,%rsp; mov %rbx,8(%rsp) */
	row = AT_END("\x48\x83\xec\x18\x48\x89\x5c\x24\x08");
	CHECK_EQ(row.regs[3].kind, RULE_AT_OFFSET);
	CHECK_EQ(row.regs[3].offset, -24);
	/* The first place counts: the second is of another value. */
	row = AT_END("\x53\x53");
	CHECK_EQ(row.regs[3].offset, -16);
	/* mov %rbx,8(%rsp) above its own frame is no place of ours; mov %ebx,... saves half */
	CHECK_EQ(AT_END("\x48\x89\x5c\x24\x08").regs[3].kind, RULE_SAME);
	CHECK_EQ(AT_END("\x48\x83\xec\x18\x89\x5c\x24\x08").regs[3].kind, RULE_SAME);
	/* Given back one after the other, each is saved until its own pop. */
	row = AT_END("\x53\x55\x5d");
	CHECK_EQ(row.regs[3].kind, RULE_AT_OFFSET);
	CHECK_EQ(row.regs[6].kind, RULE_SAME);
}

TEST(ways)
{
	struct row row = {0};

	/* jmp over what cannot be decoded: jmp 1f; .byte 6; 1: push %rax; nop */
	check_cfa(AT_END("\xeb\x01\x06\x50"), REG_SP, 16);
	check_cfa(AT_END("\xe9\x01\0\0\0\x06\x50"), REG_SP, 16);
	/* back: push %rax; jmp 2f; 1: push %rax; ret; 2: jmp 1b */
	CHECK(FOLLOW("\x50\xeb\x02\x50\xc3\xeb\xfc", 4, &row));
	check_cfa(row, REG_SP, 24);
	/* 0f 84: je; both ways have the same stack: one is a call that may return */
	check_cfa(AT_END("\x0f\x84\x05\0\0\0\xe8\0\0\0\0"), REG_SP, 8);
	/* Two ways, of which the frame pointer tells: SET_UP; je 1f; push %rax; 1: nop */
	check_cfa(AT_END(SET_UP "\x74\x01\x50"), REG_FP, 16);
	/* The frame pointer cleared at the start is a thread's first function; after a push of it, it is not.
	 */
	CHECK(AT_END("\x31\xed").outermost);
	CHECK(AT_END("\x33\xed").outermost);
	CHECK(AT_END("\x48\x31\xed").outermost);
	CHECK(!AT_END("\x55\x31\xed").outermost);
	CHECK(!AT_END("\x31\xc0").outermost);
	CHECK(!AT_END("\x31\xe8").outermost); /* xor %ebp,%eax */
	/* A switch: push %rax; jmp *%rax; its cases have the stack of the jump */
	check_cfa(AT_END("\x50\xff\xe0"), REG_SP, 16);
	CHECK(!FOLLOW("\xff\xe0\x90", 2, &row)); /* a tail call */
	/* Within an instruction is at it. */
	CHECK(FOLLOW("\x50\x48\x83\xec\x10\x90", 3, &row));
	check_cfa(row, REG_SP, 16);
}

TEST(calls)
{
	CHECK(arch__is_call((const uint8_t *)"\x90\x90\xe8\1\2\3\4"));
	CHECK(arch__is_call((const uint8_t *)"\x90\x90\x90\x90\x41\xff\xd1"));
	CHECK(arch__is_call((const uint8_t *)"\x90\xff\x15\1\2\3\4"));
	CHECK(!arch__is_call((const uint8_t *)"\x90\x90\x90\x90\x90\x90\x90"));
	CHECK(!arch__is_call((const uint8_t *)"\x90\x90\x90\x90\x90\xff\xe0")); /* a jump */
}

TEST(what_is_called)
{
	bool is_slot;

	CHECK_EQ(arch__called((const uint8_t *)"\x90\x90\xe8\x10\0\0\0", 0x1000, &is_slot), 0x1010);
	CHECK(!is_slot);
	CHECK_EQ(arch__called((const uint8_t *)"\x90\xff\x15\xf0\xff\xff\xff", 0x1000, &is_slot), 0xff0);
	CHECK(is_slot);
	CHECK_EQ(arch__called((const uint8_t *)"\x90\x90\x90\x90\x90\xff\xd0", 0x1000, &is_slot), 0);
	CHECK(!is_slot);
	CHECK(arch__is_call((const uint8_t *)"\x90\x90\x90\x90\x90\xff\xd0"));
	CHECK(arch__is_call((const uint8_t *)"\x90\x90\x90\x90\xff\x50\x08")); /* call *8(%rax) */
	CHECK(arch__is_call((const uint8_t *)"\x90\x90\x90\xff\x54\x24\x08")); /* call *8(%rsp) */
	CHECK(arch__is_call((const uint8_t *)"\xff\x94\x24\0\1\0\0"));         /* call *256(%rsp) */
	CHECK(!arch__is_call((const uint8_t *)"\x90\x90\xff\x90\0\1\0"));
	CHECK(!arch__is_call((const uint8_t *)"\x90\x90\xe9\1\2\3\4"));
	CHECK(!arch__is_call((const uint8_t *)"\x90\x90\x90\x90\x90\xff\xf0")); /* push */
}

/* The order that the C library has of what the kernel has saved, with the psABI's numbers (figure 3.36). */
TEST(what_the_processor_is_like)
{
	static const uint8_t numbers[] = {
		[REG_R8] = 8,   [REG_R9] = 9,   [REG_R10] = 10, [REG_R11] = 11, [REG_R12] = 12,
		[REG_R13] = 13, [REG_R14] = 14, [REG_R15] = 15, [REG_RDI] = 5,  [REG_RSI] = 4,
		[REG_RBP] = 6,  [REG_RBX] = 3,  [REG_RDX] = 1,  [REG_RAX] = 0,  [REG_RCX] = 2,
		[REG_RSP] = 7,  [REG_RIP] = 16};

	CHECK_EQ(unwind_arch.sigreturn_regs_at, offsetof(ucontext_t, uc_mcontext.gregs));
	CHECK_EQ(unwind_arch.sigreturn_reg_count, sizeof(numbers));
	for (size_t i = 0; i < sizeof(numbers); i++)
		CHECK_EQ(unwind_arch.sigreturn_regs[i], numbers[i]);
	CHECK_EQ(unwind_arch.syscall.size, 2);
	CHECK(!memcmp(unwind_arch.syscall.bytes, "\x0f\x05", 2));
	CHECK_EQ(unwind_arch.sigreturn.size, 9); /* mov $15,%rax; syscall */
	CHECK(!memcmp(unwind_arch.sigreturn.bytes, "\x48\xc7\xc0\x0f\0\0\0\x0f\x05", 9));
	CHECK_EQ(unwind_arch.call_bytes, 7);
	CHECK(unwind_arch.pair_ends_frame && !unwind_arch.link_register);
}

TEST(random_bytes_do_no_harm)
{
	uint8_t code[256];
	struct row row;
	unsigned state = 1;

	for (int i = 0; i < 20000; i++) {
		size_t size = next_random(&state) % sizeof(code) + 1;

		for (size_t k = 0; k < size; k++)
			code[k] = (uint8_t)next_random(&state);
		memset(&row, 0, sizeof(row));
		if (follow__row(code, size, next_random(&state) % size, &row))
			CHECK(row.outermost || row.cfa.offset >= 8);
	}
}

TEST_MAIN
