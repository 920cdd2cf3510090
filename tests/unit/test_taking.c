/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What code does with a semaphore: pieces of code as compilers make them, and random bytes. */
#include <stdlib.h>
#include <string.h>

#include "facts/kinds.h"
#include "test.h"
#include "unwind/row.h"
#include "unwind/taking.h"

#define RBX 3 /* DWARF's numbers */
#define RSP 7

uint64_t the_permit, other_permit;

/* Each is a function; NAME_place: behind a call in it, where its thread is. */
/* clang-format off */
#define CODE(name, text)                       \
	__asm__(".text\n" #name ":\n" text "\n" #name "_end: int3\n"); \
	extern const uint8_t name[], name##_place[], name##_end[];

#define TAKE  "lea the_permit(%rip), %rdi\n call take_permit\n"
#define GIVE  "lea the_permit(%rip), %rdi\n call give_permit\n"
#define OTHER "lea other_permit(%rip), %rdi\n call give_permit\n"
#define PLACE(name) " call do_work\n" #name "_place: "

CODE(critical, TAKE PLACE(critical) GIVE "ret")
CODE(checked, TAKE "test %eax, %eax\n jne 1f\n" PLACE(checked) GIVE " xor %eax, %eax\n 1: ret")
CODE(interrupted, "1: " TAKE "cmp $-1, %eax\n je 1b\n" PLACE(interrupted) GIVE "ret")
CODE(never_given, TAKE "1: " PLACE(never_given) "jmp 1b")
CODE(given, TAKE GIVE PLACE(given) "ret")
CODE(on_one_way, "test %esi, %esi\n je 1f\n" TAKE "1: " PLACE(on_one_way) GIVE "ret")
CODE(posts_only, "1: " PLACE(posts_only) GIVE "jmp 1b")
CODE(worker, "1: " TAKE "worker_place: call do_work\n jmp 1b")
CODE(cascade, "1: " TAKE "cascade_place: cmpl $0, stop(%rip)\n je 2f\n" GIVE "ret\n 2: call do_work\n jmp 1b")
CODE(consumer, "1: " TAKE "consumer_place: " OTHER "jmp 1b")
CODE(loops, "1: " TAKE "loops_place: " GIVE "jmp 1b")
CODE(returns_with_it, TAKE "returns_with_it_place: ret")
CODE(returns_result, TAKE "returns_result_place: test %eax, %eax\n js 1f\n ret\n 1: mov $-1, %eax\n ret")
CODE(tail_call, "lea the_permit(%rip), %rdi\n jmp give_permit\n tail_call_place:")
CODE(of_argument, "mov %rdi, %rdx\n lea 8(%rdx), %rdi\n call take_permit\n of_argument_place: ret")
CODE(of_object, "push %rbx\n mov %rdi, %rbx\n mov %rbx, %rdi\n call take_permit\n" PLACE(of_object)
		"mov %rbx, %rdi\n call give_permit\n pop %rbx\n ret")
CODE(not_known, "mov %rsi, %rdi\n call take_permit\n" PLACE(not_known) "ret")
CODE(by_table, TAKE PLACE(by_table) "jmp *%rcx")
CODE(gives_up, TAKE "gives_up_place: cmpl $0, stop(%rip)\n je 1f\n call give_up\n 1: " GIVE "ret")
/* clang-format on */
__asm__(".data\n.balign 8\nstop: .long 0\n.text\n");

void take_permit(void);
void give_permit(void);
void do_work(void);
void give_up(void);
void take_permit(void)
{
	the_permit++;
}
void give_permit(void)
{
	the_permit--;
}
void do_work(void)
{
	other_permit++;
}
void give_up(void)
{
	other_permit--;
}

static bool read_nothing(void *arg, uint64_t address, void *buf, size_t size)
{
	(void)arg;
	(void)address;
	(void)buf;
	(void)size;
	return false;
}

static uint64_t address_of(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static enum taking call_of(void *arg, const struct taking_call *call)
{
	bool takes = call->target == (uint64_t)(uintptr_t)&take_permit;

	(void)arg;
	*call->ret_ends = call->target == (uint64_t)(uintptr_t)&give_up;
	*call->ret_zero = takes;
	if (!takes && call->target != (uint64_t)(uintptr_t)&give_permit)
		return TAKING_NOTHING;
	if (!call->argument_known)
		return TAKING_UNKNOWN;
	if (call->argument != address_of(&the_permit))
		return TAKING_NOTHING;
	return takes ? TAKING_HELD : TAKING_GIVEN;
}

static uint64_t regs[NREGS], stack[64];

static struct taking_code code_of(const uint8_t *code, const uint8_t *end)
{
	regs[RBX] = address_of(&the_permit);
	regs[RSP] = address_of(stack + 32);
	return (struct taking_code){.bytes = code,
				    .size = (size_t)(end - code) + 1,
				    .address = address_of(code),
				    .regs = regs,
				    .known = REG_BIT(RBX) | REG_BIT(RSP),
				    .argument = address_of(&the_permit) - 8,
				    .argument_known = true,
				    .read = read_nothing,
				    .call = call_of};
}

static enum taking until(const uint8_t *code, const uint8_t *place, const uint8_t *end)
{
	const struct taking_code c = code_of(code, end);

	return taking__until(&c, (size_t)(place - code));
}

static enum taking after(const uint8_t *code, const uint8_t *place, const uint8_t *end)
{
	const struct taking_code c = code_of(code, end);

	return taking__after(&c, (size_t)(place - code), true);
}

static enum taking through(const uint8_t *code, const uint8_t *end)
{
	const struct taking_code c = code_of(code, end);

	return taking__through(&c);
}

#define UNTIL(name)   until(name, name##_place, name##_end)
#define AFTER(name)   after(name, name##_place, name##_end)
#define THROUGH(name) through(name, name##_end)

TEST(who_has_taken_it)
{
	CHECK_EQ(UNTIL(critical), TAKING_HELD);
	CHECK_EQ(UNTIL(checked), TAKING_HELD);
	CHECK_EQ(UNTIL(interrupted), TAKING_HELD);
	CHECK_EQ(UNTIL(never_given), TAKING_HELD);
	CHECK_EQ(UNTIL(of_object), TAKING_HELD);
	CHECK_EQ(UNTIL(given), TAKING_GIVEN);
	CHECK_EQ(UNTIL(on_one_way), TAKING_UNKNOWN);
	CHECK_EQ(UNTIL(posts_only), TAKING_UNKNOWN); /* nothing, or given: who makes jobs */
	CHECK_EQ(UNTIL(not_known), TAKING_UNKNOWN);
	CHECK_EQ(UNTIL(by_table), TAKING_UNKNOWN); /* it may lead anywhere */
}

TEST(a_waiter_that_will_give_it_back)
{
	CHECK_EQ(AFTER(critical), TAKING_GIVEN);
	CHECK_EQ(AFTER(loops), TAKING_GIVEN);
	CHECK_EQ(AFTER(gives_up), TAKING_GIVEN);
	CHECK_EQ(AFTER(of_object), TAKING_GIVEN);
	CHECK_EQ(AFTER(returns_with_it), TAKING_HELD);
	CHECK_EQ(AFTER(returns_result), TAKING_HELD);
}

/* The next job is another token; a worker that wakes the next one when it ends gives none back before. */
TEST(a_worker_keeps_it)
{
	CHECK_EQ(AFTER(worker), TAKING_AGAIN);
	CHECK_EQ(AFTER(cascade), TAKING_AGAIN);
	CHECK_EQ(AFTER(consumer), TAKING_AGAIN);
	CHECK_EQ(AFTER(never_given), TAKING_UNKNOWN);
	CHECK_EQ(AFTER(by_table), TAKING_UNKNOWN);
}

TEST(functions_for_others)
{
	CHECK_EQ(THROUGH(returns_with_it), TAKING_HELD);
	CHECK_EQ(THROUGH(of_argument), TAKING_HELD);
	CHECK_EQ(THROUGH(tail_call), TAKING_GIVEN);
	CHECK_EQ(THROUGH(critical), TAKING_GIVEN);
	CHECK_EQ(THROUGH(consumer), TAKING_UNKNOWN); /* it does not return */
	CHECK_EQ(THROUGH(on_one_way), TAKING_GIVEN);
	CHECK_EQ(THROUGH(not_known), TAKING_UNKNOWN);
}

/* Code is hostile, too: it is followed within its bounds, and ends. */
TEST(random_code)
{
	uint8_t code[4096];

	srand(1);
	for (int i = 0; i < 1000; i++) {
		for (size_t k = 0; k < sizeof(code); k++)
			code[k] = (uint8_t)(rand() >> 7);
		/* Many branches: short jumps everywhere. */
		for (size_t k = 0; i % 2 && k + 1 < sizeof(code); k += 2)
			code[k] = 0x70 | (uint8_t)(rand() & 15);
		until(code, code + (size_t)rand() % (2 * sizeof(code)), code + sizeof(code) - 1);
		after(code, code + (size_t)rand() % (2 * sizeof(code)), code + sizeof(code) - 1);
		through(code, code + (size_t)rand() % sizeof(code));
	}
	CHECK(true);
}

TEST_MAIN
