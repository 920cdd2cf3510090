/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules from a function's own instructions: against the call frame information
 * of the same function, wherever it has some, for all of the C library; and by hand.
 */
#include <gnu/libc-version.h>
#include <stdlib.h>
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
	place = (struct module_place){p, symbolizer__module_path(r.symbolizer, some_code())};
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
