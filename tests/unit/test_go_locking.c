/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which locks Go's code holds where: functions as Go 1.19 and 1.27 compile them. */
#include <stdlib.h>
#include <string.h>

#include "go/runtime/locking.h"
#include "test.h"

#define START     0x1000
#define LOCK_SLOW 0x10000
#define RLOCK     0x11000
#define OTHER     0x12000
#define UNLOCK    0x13000
#define VARIABLE  0x20000

static const struct go_lock_call CALLS[] = {
	{.to = LOCK_SLOW, .effect = GO_LOCK_SLOW},
	{.to = RLOCK, .effect = GO_LOCK_SLOW, .offset = -12, .read = true},
	{.to = UNLOCK, .effect = GO_UNLOCK},
};

/* A function put together piece by piece. */
struct function {
	uint8_t code[512];
	size_t size;
};

static size_t add(struct function *f, const void *bytes, size_t n)
{
	memcpy(f->code + f->size, bytes, n);
	f->size += n;
	return f->size;
}
#define ADD(f, ...) add(f, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void distance(struct function *f, uint64_t to)
{
	int32_t by = (int32_t)(to - (START + f->size + 4));

	add(f, &by, 4);
}

static size_t call(struct function *f, uint64_t to)
{
	ADD(f, 0xe8);
	distance(f, to);
	return f->size;
}

static void variable(struct function *f, uint8_t reg)
{
	ADD(f, 0x48, 0x8d, (uint8_t)(5 | reg << 3)); /* lea VARIABLE(%rip),reg */
	distance(f, VARIABLE);
}

__attribute__((unused)) static void enter(struct function *f)
{
	ADD(f, 0x48, 0x83, 0xec, 0x20); /* sub $0x20,%rsp */
}

__attribute__((unused)) static void leave(struct function *f)
{
	ADD(f, 0x48, 0x83, 0xc4, 0x20, 0xc3);
}

/* xor %eax,%eax; mov $1,%edx; lock cmpxchg %edx,(%rcx); sete %bl; test %bl,%bl; jne over the slow part.
 * Returns where the slow part's call ends. */
__attribute__((unused)) static size_t lock_variable(struct function *f)
{
	variable(f, 1);
	ADD(f, 0x31, 0xc0, 0xba, 1, 0, 0, 0, 0xf0, 0x0f, 0xb1, 0x11, 0x0f, 0x94, 0xc3, 0x84, 0xdb, 0x75, 12);
	variable(f, 0);
	return call(f, LOCK_SLOW);
}

__attribute__((unused)) static void unlock_variable(struct function *f)
{
	variable(f, 0);
	ADD(f, 0xbb, 0xff, 0xff, 0xff, 0xff, 0xf0, 0x0f, 0xc1,
	    0x18); /* mov $-1,%ebx; lock xadd %ebx,(%rax) */
}

static size_t held(const struct function *f, size_t at, struct go_held *list)
{
	size_t steps = 10000;
	const struct go_lock_code c = {.code = f->code,
				       .size = f->size,
				       .start = START,
				       .calls = CALLS,
				       .call_count = sizeof(CALLS) / sizeof(CALLS[0]),
				       .steps_left = &steps};

	return go_locking__held(&c, at, true, list);
}

#ifdef __x86_64__
TEST(variable_between_lock_and_unlock)
{
	struct function f = {0};
	struct go_held list[GO_HELD_MAX];
	size_t slow, before, in, after;

	enter(&f);
	before = call(&f, OTHER);
	slow = lock_variable(&f);
	in = call(&f, OTHER);
	unlock_variable(&f);
	after = call(&f, OTHER);
	leave(&f);
	CHECK_EQ(held(&f, before, list), 0);
	CHECK_EQ(held(&f, in, list), 1);
	CHECK(list[0].from == GO_HELD_ADDRESS && list[0].base == VARIABLE && !list[0].released);
	CHECK_EQ(held(&f, slow, list), 1); /* it waits there: not held */
	CHECK(list[0].released);
	CHECK(held(&f, after, list) >= 1);
	CHECK(list[0].released);
}

TEST(locked_twice)
{
	struct function f = {0};
	struct go_held list[GO_HELD_MAX];
	size_t slow;

	enter(&f);
	lock_variable(&f);
	slow = lock_variable(&f);
	leave(&f);
	CHECK_EQ(held(&f, slow, list), 1);
	CHECK(!list[0].released);
}

TEST(only_sometimes_is_not_known)
{
	struct function f = {0};
	struct go_held list[GO_HELD_MAX];
	size_t jump, in;

	enter(&f);
	jump = ADD(&f, 0x84, 0xdb, 0x74, 0); /* test %bl,%bl; je */
	lock_variable(&f);
	f.code[jump - 1] = (uint8_t)(f.size - jump);
	in = call(&f, OTHER);
	leave(&f);
	CHECK_EQ(held(&f, in, list), 0);
}

/* Readers of a lock at 0x28 in the receiver, which is kept in the caller's room for arguments. */
TEST(member_of_the_receiver)
{
	struct function f = {0};
	struct go_held list[GO_HELD_MAX];
	size_t in;

	enter(&f);
	ADD(&f, 0x48, 0x89, 0x44, 0x24, 0x28);                   /* mov %rax,0x28(%rsp) */
	ADD(&f, 0xba, 1, 0, 0, 0, 0xf0, 0x0f, 0xc1, 0x50, 0x38); /* lock xadd %edx,0x38(%rax) */
	ADD(&f, 0xff, 0xc2, 0x85, 0xd2, 0x7d, 12);               /* inc; test; jge */
	ADD(&f, 0x48, 0x8d, 0x50, 0x34, 0x48, 0x89, 0xd0);       /* lea 0x34(%rax),%rdx; mov %rdx,%rax */
	call(&f, RLOCK);
	in = call(&f, OTHER);
	leave(&f);
	CHECK_EQ(held(&f, in, list), 1);
	CHECK(list[0].from == GO_HELD_SLOT && list[0].base == 0x28 && list[0].offset == 0x28 && list[0].read);
	CHECK(list[0].of_receiver && list[0].member == 0x28 && !list[0].deref_count);
}

/* A compare-and-exchange without the slow part of Lock is somebody else's, as TryLock's. */
TEST(no_lock_without_its_slow_part)
{
	struct function f = {0};
	struct go_held list[GO_HELD_MAX];
	size_t in;

	enter(&f);
	variable(&f, 1);
	ADD(&f, 0x31, 0xc0, 0xba, 1, 0, 0, 0, 0xf0, 0x0f, 0xb1, 0x11);
	in = call(&f, OTHER);
	leave(&f);
	CHECK_EQ(held(&f, in, list), 0);
}

/* A call of Unlock with it, by a function that was called with it locked. */
TEST(released_for_the_caller)
{
	struct function f = {0};
	struct go_held list[GO_HELD_MAX];
	size_t in;

	enter(&f);
	ADD(&f, 0x48, 0x89, 0x44, 0x24, 0x28);
	call(&f, UNLOCK);
	in = call(&f, OTHER);
	leave(&f);
	CHECK_EQ(held(&f, in, list), 1);
	CHECK(list[0].released && list[0].from == GO_HELD_SLOT);
}

#endif

/* Any bytes, any place: an answer, within the steps. */
TEST(any_code)
{
	struct go_held list[GO_HELD_MAX];
	struct function f;

	srand(7);
	for (int round = 0; round < 3000; round++) {
		f.size = sizeof(f.code);
		for (size_t i = 0; i < f.size; i++)
			f.code[i] = (uint8_t)rand();
		/* Jumps to anywhere in it, so that ways cross. */
		for (size_t i = 0; i + 2 < f.size; i += 7 + (size_t)rand() % 9) {
			f.code[i] = (uint8_t)(0x70 + rand() % 16);
			f.code[i + 1] = (uint8_t)rand();
		}
		CHECK(held(&f, (size_t)rand() % f.size, list) <= GO_HELD_MAX);
	}
}

TEST_MAIN
