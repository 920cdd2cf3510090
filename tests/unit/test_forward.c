/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules from what comes behind a call: against the call frame information of the same place, for all of the C
 * library; and by hand. */
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"
#include "unwind/arch.h"
#include "unwind/rules.h"
#include "unwind/x86/forward.h"
#include "unwind/x86/decode.h"

struct tally {
	size_t places, equal, other, unknown, saved_elsewhere, different;
};

struct window {
	const uint8_t *start, *end; /* executable code */
};

static bool row_at(const struct window *w, const uint8_t *at, struct row *row)
{
	const uint8_t *start = at - w->start > AROUND_BYTES ? at - AROUND_BYTES : w->start;
	const uint8_t *end = w->end - at > AROUND_BYTES ? at + AROUND_BYTES : w->end;

	return forward__row(start, (size_t)(end - start), (size_t)(at - start), true, row);
}

static bool same_rule(const struct rule *a, const struct rule *b)
{
	/* libdw calls some that are not saved undefined, though a function gives them back. */
	if (a->kind == RULE_SAME && b->kind == RULE_UNDEFINED)
		return true;
	return a->kind == b->kind && (a->kind != RULE_AT_OFFSET || a->offset == b->offset);
}

static bool same_row(const struct row *a, const struct row *b)
{
	if (a->outermost || b->outermost)
		return a->outermost == b->outermost;
	return a->cfa.offset == b->cfa.offset && same_rule(&a->regs[3], &b->regs[3]) &&
	       same_rule(&a->regs[REG_FP], &b->regs[REG_FP]);
}

/* Behind each call of a function. */
static void compare(struct rules *r, const struct window *w, const uint8_t *code, size_t size,
		    struct tally *t)
{
	struct x86_insn i;

	for (size_t at = 0; at < size && x86_decode(code + at, size - at, &i); at += i.length) {
		struct row mine = {0};
		const struct row *real;

		if (i.map || i.vector || i.opcode != 0xe8)
			continue;
		real = rules__row(r, (uint64_t)(uintptr_t)code + at + i.length - 1, true);
		if (real->kind != ROW_RULES || real->followed)
			continue;
		t->places++;
		if (!row_at(w, code + at + i.length, &mine))
			t->unknown++;
		else if (!mine.outermost && mine.cfa.reg != real->cfa.reg)
			t->other++;
		else if (same_row(&mine, real))
			t->equal++;
		else if (mine.outermost != real->outermost || mine.cfa.offset != real->cfa.offset)
			t->different++;
		else
			t->saved_elsewhere++;
	}
}

/* Some address in the C library's code, of a function that no sanitizer replaces. */
static uint64_t some_code(void)
{
	return (uint64_t)(uintptr_t)&gnu_get_libc_version;
}

TEST(what_comes_behind_says_what_the_call_frame_information_says)
{
	struct rules r = {0};
	struct module_place place;
	struct tally t = {0};
	struct process *p;
	struct module *m;
	uint64_t vaddr, bias;

	CHECK(!process__open(getpid(), &p));
	CHECK(!symbolizer__new(p, &r.symbolizer));
	m = symbolizer__module(r.symbolizer, some_code(), &vaddr);
	CHECK(m != NULL);
	bias = some_code() - vaddr;
	place = (struct module_place){.process = p,
				      .path = symbolizer__module_path(r.symbolizer, some_code())};
	for (uint64_t at = module__start(m); m && at < module__end(m);) {
		const struct elf_symbol *s = module__function(m, &place, at);
		const struct mapping *map = mappings__find(symbolizer__mappings(r.symbolizer), at + bias);

		if (s && s->start == at && s->sized && map && map->executable && s->end + bias <= map->end) {
			struct window w = {(const uint8_t *)(uintptr_t)map->start,
					   (const uint8_t *)(uintptr_t)map->end};

			compare(&r, &w, (const uint8_t *)(uintptr_t)(at + bias), s->end - s->start, &t);
		}
		at = s && s->end > at ? s->end : at + 1;
	}
	printf("# %zu calls: %zu equal, %zu by the other register, %zu unknown, %zu with another place of a "
	       "register, "
	       "%zu different\n",
	       t.places, t.equal, t.other, t.unknown, t.saved_elsewhere, t.different);
	CHECK(t.places > 5000);
	CHECK(t.equal + t.other > t.places / 10 * 7);
	CHECK_EQ(t.different, 0);
	CHECK(t.saved_elsewhere < t.places / 200);
	rules__forget(&r);
	symbolizer__free(r.symbolizer);
	process__close(p);
}

#define FORWARD(code, behind_call, row) \
	forward__row((const uint8_t *)(code), sizeof(code) - 1, 0, behind_call, row)

TEST(by_hand)
{
	struct row row = {0};

	/* add $16,%rsp; pop %rbx; pop %rbp; ret */
	CHECK(FORWARD("\x48\x83\xc4\x10\x5b\x5d\xc3", false, &row));
	CHECK_EQ(row.cfa.reg, REG_SP);
	CHECK_EQ(row.cfa.offset, 40);
	CHECK_EQ(row.regs[3].kind, RULE_AT_OFFSET);
	CHECK_EQ(row.regs[3].offset, -24);
	CHECK_EQ(row.regs[REG_FP].offset, -16);
	CHECK_EQ(row.regs[12].kind, RULE_SAME);
	/* je over one return to another: both agree */
	CHECK(FORWARD("\x74\x02\x5b\xc3\x5b\xc3", false, &row));
	CHECK_EQ(row.cfa.offset, 16);
	/* mov -8(%rbp),%rbx; leave; ret */
	CHECK(FORWARD("\x48\x8b\x5d\xf8\xc9\xc3", true, &row));
	CHECK_EQ(row.cfa.reg, REG_FP);
	CHECK_EQ(row.cfa.offset, 16);
	CHECK_EQ(row.regs[3].offset, -24);
	/* xor %eax,%eax; syscall; hlt: a thread's end */
	CHECK(FORWARD("\x31\xc0\x0f\x05\xf4", true, &row));
	CHECK(row.outermost);
}

static void check_row(const struct row *row, unsigned reg, int cfa, int rbx)
{
	CHECK(row->kind == ROW_RULES && row->followed && row->pc_from == REG_PC);
	CHECK_EQ(row->cfa.kind, RULE_REGISTER);
	CHECK_EQ(row->cfa.reg, reg);
	CHECK_EQ(row->cfa.offset, cfa);
	CHECK_EQ(row->regs[3].kind, rbx ? RULE_AT_OFFSET : RULE_SAME);
	CHECK_EQ(row->regs[3].offset, rbx);
	CHECK_EQ(row->regs[REG_PC].kind, RULE_AT_OFFSET);
	CHECK_EQ(row->regs[REG_PC].offset, -8);
	CHECK_EQ(row->regs[REG_SP].kind, RULE_OFFSET);
	CHECK_EQ(row->regs[0].kind, RULE_UNDEFINED);
}
#define ROW(code, reg, cfa, rbx)                    \
	do {                                        \
		struct row row_ = {0};              \
		CHECK(FORWARD(code, false, &row_)); \
		check_row(&row_, reg, cfa, rbx);    \
	} while (0)

TEST(each_instruction)
{
	ROW("\xc3", REG_SP, 8, 0);
	ROW("\xc2\x08\0", REG_SP, 8, 0); /* ret $8 */
	ROW("\x5b\xc3", REG_SP, 16, -16);
	ROW("\x58\xc3", REG_SP, 16, 0);                             /* pop %rax */
	ROW("\x5f\xc3", REG_SP, 16, 0);                             /* pop %rdi */
	ROW("\x50\x58\x58\xc3", REG_SP, 16, 0);                     /* push %rax */
	ROW("\x57\x58\x58\xc3", REG_SP, 16, 0);                     /* push %rdi */
	ROW("\x6a\0\x58\x58\xc3", REG_SP, 16, 0);                   /* push $0 */
	ROW("\x68\0\0\0\0\x58\x58\xc3", REG_SP, 16, 0);             /* push $0 */
	ROW("\xff\x30\x58\x58\xc3", REG_SP, 16, 0);                 /* push (%rax) */
	ROW("\x9c\x9d\x9d\xc3", REG_SP, 16, 0);                     /* pushf; popf; popf */
	ROW("\x8f\x00\xc3", REG_SP, 16, 0);                         /* pop (%rax) */
	ROW("\xff\xc0\xc3", REG_SP, 8, 0);                          /* inc %eax */
	ROW("\x48\x83\xc4\x18\xc3", REG_SP, 32, 0);                 /* add $24,%rsp */
	ROW("\x48\x81\xc4\0\1\0\0\xc3", REG_SP, 264, 0);            /* add $256,%rsp */
	ROW("\x48\x83\xec\x08\x48\x83\xc4\x18\xc3", REG_SP, 24, 0); /* sub $8,%rsp */
	ROW("\x48\x8d\x64\x24\x10\xc3", REG_SP, 24, 0);             /* lea 16(%rsp),%rsp */
	ROW("\x48\x8d\x65\xf8\x5b\x5d\xc3", REG_FP, 16, -24);       /* lea -8(%rbp),%rsp */
	ROW("\x48\x89\xec\x5d\xc3", REG_FP, 16, 0);                 /* mov %rbp,%rsp */
	ROW("\x48\x8b\xe5\x5d\xc3", REG_FP, 16, 0);
	ROW("\xc9\xc3", REG_FP, 16, 0);
	/* mov 8(%rsp),%rbx; add $24,%rsp; ret */
	ROW("\x48\x8b\x5c\x24\x08\x48\x83\xc4\x18\xc3", REG_SP, 32, -24);
	/* half of it, and a copy from a register: mov 8(%rsp),%ebx, mov %rax,%rbx */
	ROW("\x8b\x5c\x24\x08\x48\x83\xc4\x18\xc3", REG_SP, 32, 0);
	ROW("\x48\x8b\xd8\x48\x83\xc4\x18\xc3", REG_SP, 32, 0);
	ROW("\xeb\x01\x06\xc3", REG_SP, 8, 0);            /* jmp */
	ROW("\xe9\x01\0\0\0\x06\x58\xc3", REG_SP, 16, 0); /* jmp */
	ROW("\x0f\x84\x01\0\0\0\xc3\xc3", REG_SP, 8, 0);  /* je */
	ROW("\xe8\0\0\0\0\x58\xc3", REG_SP, 16, 0);       /* behind a call that returns */
}

TEST(each_register_that_is_given_back)
{
	static const struct {
		const char *code;
		size_t size;
		unsigned reg;
	} rows[] = {{"\x5b\xc3", 2, 3},      {"\x5d\xc3", 2, 6},      {"\x41\x5c\xc3", 3, 12},
		    {"\x41\x5d\xc3", 3, 13}, {"\x41\x5e\xc3", 3, 14}, {"\x41\x5f\xc3", 3, 15}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct row row = {0};

		CHECK(forward__row((const uint8_t *)rows[i].code, rows[i].size, 0, false, &row));
		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
			CHECK_EQ(row.regs[rows[k].reg].kind, k == i ? RULE_AT_OFFSET : RULE_SAME);
		CHECK_EQ(row.regs[rows[i].reg].offset, -16);
	}
}

TEST(where_it_cannot_be)
{
	struct row row = {0};

	/* taken from above the return address: pop %rbx from the caller's frame, after it was given up */
	CHECK(!FORWARD("\x48\x8b\x5c\x24\x10\x58\xc3", false, &row));
	CHECK(FORWARD("\x48\x8b\x1c\x24\x58\xc3", false, &row));
	CHECK_EQ(row.regs[3].offset, -16);
	CHECK(!FORWARD("\x48\x8b\x5c\x24\xf8\x58\xc3", false, &row)); /* from below the stack pointer */
	CHECK(!FORWARD("\x50\xc3", false, &row));                     /* a return to what was pushed */
	/* Behind a call the CFA is a multiple of 16. */
	CHECK(FORWARD("\x58\xc3", true, &row));
	CHECK(!FORWARD("\x58\x58\xc3", true, &row));
	CHECK(!FORWARD("\xc3", true, &row));
	CHECK(!FORWARD("\x5c\xc3", false, &row));                   /* pop %rsp */
	CHECK(!FORWARD("\xc8\0\0\0\xc3", false, &row));             /* enter */
	CHECK(!FORWARD("\x48\x81\xc4\0\0\x10\0\xc3", false, &row)); /* a frame of a megabyte and more */
	CHECK(FORWARD("\x48\x81\xc4\xf8\xff\x0f\0\xc3", false, &row));
	/* hlt that is not behind a system call, and ret of another map */
	CHECK(!FORWARD("\xf4", true, &row));
	CHECK(!FORWARD("\x0f\x05\x90\xf4", true, &row));
	CHECK(FORWARD("\x0f\xc3\x00\xc3", false, &row)); /* movnti %eax,(%rax); ret */
}

#define GENERATED(code, row) forward__generated((const uint8_t *)(code), sizeof(code) - 1, 0, false, row)

TEST(code_made_at_run_time)
{
	struct row row = {0};

	/* je over one return to another: HotSpot gives back nothing but %rbp, so a spilled value in %rbx is
	 * none of the caller's: mov 8(%rsp),%rbx; add $16,%rsp; pop %rbp; ret; add $16,%rsp; pop %rbp; ret */
	CHECK(GENERATED("\x74\x0b\x48\x8b\x5c\x24\x08\x48\x83\xc4\x10\x5d\xc3\x48\x83\xc4\x10\x5d\xc3",
			&row));
	CHECK_EQ(row.cfa.offset, 32);
	CHECK_EQ(row.regs[REG_FP].offset, -16);
	CHECK_EQ(row.regs[3].kind, RULE_UNDEFINED);
	CHECK_EQ(row.regs[12].kind, RULE_UNDEFINED);
	/* Two returns that do not agree on %rbp */
	CHECK(!GENERATED("\x74\x02\x5d\xc3\x5b\xc3", &row));
	/* mov 0(%rsp),%rbp; leave; ret: a stub that has saved all registers */
	CHECK(GENERATED("\x48\x8b\x2c\x24\xc9\xc3", &row));
	CHECK_EQ(row.cfa.reg, REG_FP);
	CHECK_EQ(row.regs[REG_FP].offset, -16);
}

static bool uses_fp(const char *code, size_t size)
{
	return forward__uses_frame_pointer((const uint8_t *)code, size, 0);
}
#define USES_FP(code) uses_fp(code, sizeof(code) - 1)

TEST(frame_pointer_in_use)
{
	CHECK(USES_FP("\x90\x48\x8b\x45\xf8\xff\xe0"));     /* mov -8(%rbp),%rax; jmp *%rax */
	CHECK(USES_FP("\xc9\xc3"));                         /* leave */
	CHECK(USES_FP("\x48\x89\xec\x5d\xc3"));             /* mov %rbp,%rsp */
	CHECK(USES_FP("\x74\x02\xff\xe0\x48\x8b\x45\xf8")); /* behind a branch */
	CHECK(!USES_FP("\x48\x8b\x45\x08\xc3"));            /* mov 8(%rbp),%rax: a field of an object */
	CHECK(!USES_FP("\x48\x83\xc4\x10\x5d\x48\x8b\x45\xf8\xc3")); /* behind pop %rbp it is the caller's */
	CHECK(USES_FP("\x48\x8b\xe5\x5d\xc3"));                      /* mov %rbp,%rsp, the other encoding */
	CHECK(!USES_FP("\x48\x89\xe5\xc3"));                         /* mov %rsp,%rbp sets it up */
	CHECK(!USES_FP("\x89\xec\xc3"));                             /* mov %ebp,%esp */
	CHECK(!USES_FP("\xc3\xc9"));                                 /* behind a return */
	CHECK(USES_FP("\xe8\0\0\0\0\xc9"));                          /* behind a call */
	CHECK(USES_FP("\xeb\x01\xc3\xc9"));                          /* where a jump leads */
	CHECK(!USES_FP("\x48\x8b\x6c\x24\x08\xc9"));                 /* mov 8(%rsp),%rbp */
	CHECK(!USES_FP("\x0f\xc9\xc3"));                             /* bswap %ecx */
	CHECK(!USES_FP("\xeb\xfe"));
	CHECK(!USES_FP(""));
}

TEST(what_is_not_understood_is_no_rule)
{
	struct row row = {.kind = ROW_NONE};

	CHECK(!FORWARD("\x74\x02\x5b\xc3\xc3", false, &row)); /* two returns that disagree */
	CHECK(!FORWARD("\x53\x5b\xc3", true, &row));          /* the next function: not as a call leaves it */
	CHECK(!FORWARD("\x48\x89\xc4\xc3", false, &row));     /* mov %rax,%rsp */
	CHECK(!FORWARD("\xe8\0\0\0\0\xf4", true, &row));      /* hlt behind a call that never returns */
	CHECK(!FORWARD("\xeb\xfe", false, &row));             /* for ever */
	CHECK(!FORWARD("\xff\xe0", false, &row));             /* anywhere */
	CHECK(!FORWARD("", false, &row));
	CHECK_EQ(row.kind, ROW_NONE);
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
		forward__uses_frame_pointer(code, size, next_random(&state) % size);
		if (forward__generated(code, size, next_random(&state) % size, i & 1, &row))
			CHECK(row.outermost || row.cfa.offset >= 8);
		memset(&row, 0, sizeof(row));
		if (forward__row(code, size, next_random(&state) % size, i & 1, &row))
			CHECK(row.outermost || row.cfa.offset >= 8);
	}
}

TEST_MAIN
