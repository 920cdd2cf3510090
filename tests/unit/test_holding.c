/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether code unlocks a lock before it locks it: pieces of code as compilers make them, and random bytes. */
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "unwind/holding.h"
#include "unwind/row.h"
#include "unwind/x86/decode.h"
#include "waits/lock_names.h"

#define RBX 3 /* DWARF's numbers */
#define RSP 7

uint64_t the_lock, other_lock;

/* Each begins with the place behind a call. */
/* clang-format off */
#define CODE(name, text)                       \
	__asm__(".text\n" #name ":\n" text "\n" #name "_end: int3\n"); \
	extern const uint8_t name[], name##_end[];
/* clang-format on */

/* C: pthread_rwlock_unlock(&the_lock) after a branch. */
CODE(calls_unlock, "test %eax, %eax\n jne 1f\n nop\n 1: lea the_lock(%rip), %rdi\n call give_back\n ret")
CODE(unlocks_other, "lea other_lock(%rip), %rdi\n call give_back\n ret")
CODE(locks_first, "lea the_lock(%rip), %rdi\n call take_it\n lea the_lock(%rip), %rdi\n call give_back\n ret")
CODE(tail_call, "mov %rbx, %rdi\n pop %rbx\n jmp give_back")
/* The argument is a field of an object, kept on the stack. */
CODE(from_stack, "mov 8(%rsp), %rdi\n add $16, %rdi\n call give_back\n ret")
CODE(lost_register, "mov %rcx, %rdi\n call give_back\n ret")
/* Rust: a Mutex is unlocked by an exchange with 0, and locked by cmpxchg. */
CODE(exchanges, "xor %eax, %eax\n xchg %eax, (%rbx)\n cmp $2, %eax\n ret")
CODE(compares, "xor %eax, %eax\n mov $1, %ecx\n lock cmpxchg %ecx, (%rbx)\n jne 1f\n xor %eax, %eax\n xchg "
	       "%eax, (%rbx)\n 1: ret")
CODE(parking_lot, "mov $1, %al\n xor %ecx, %ecx\n lock cmpxchg %cl, (%rbx)\n ret")
CODE(spins, "1: mov $1, %eax\n xchg %eax, (%rbx)\n test %eax, %eax\n jne 1b\n ret")
CODE(stores, "movl $0, (%rbx)\n ret")
CODE(stores_two, "movl $2, (%rbx)\n ret")
CODE(subtracts, "lock decl (%rbx)\n ret")
/* A loop back to where it locks. */
CODE(loops, "nop\n 1: call take_nap\n xor %eax, %eax\n mov $1, %ecx\n lock cmpxchg %ecx, (%rbx)\n jmp 1b")
CODE(looks_first,
     "1: mov $1, %eax\n xchg %eax, (%rbx)\n test %eax, %eax\n je 3f\n 2: pause\n cmpl $0, (%rbx)\n "
     "jne 2b\n jmp 1b\n 3: ret")
CODE(works, "1: mov $1, %eax\n xchg %eax, (%rbx)\n test %eax, %eax\n jne 1b\n 2: inc %rcx\n movl $0, "
	    "(%rbx)\n jmp 1b")
CODE(takes_two, "1: lock incl (%rbx)\n lock incl other_lock(%rip)\n jmp 1b")
CODE(only_looks, "1: pause\n cmpl $0, (%rbx)\n jne 1b\n ret")
/* What does not return is not followed by the code behind it. */
CODE(panics, "call give_up\n lea the_lock(%rip), %rdi\n call give_back\n ret")
CODE(falls_out, "call take_nap\n nopw 0(%rax, %rax)\n lea the_lock(%rip), %rdi\n call give_back\n ret")
CODE(drops_guard, "lea a_guard(%rip), %rdi\n call give_back\n ret")
CODE(returns, "add $8, %rsp\n ret")
__asm__(".data\n.balign 8\na_guard: .quad the_lock, 0\n.text\n");
extern const uint64_t a_guard[];

void give_back(void);
void take_it(void);
void take_nap(void);
void give_up(void);
void give_back(void)
{
}
void take_it(void)
{
	the_lock++;
}
void take_nap(void)
{
	the_lock += 2;
}
void give_up(void)
{
	the_lock += 3;
}

static bool read_self(void *arg, uint64_t address, void *buf, size_t size)
{
	const uint64_t *stack = arg;
	const uint64_t from = (uint64_t)(uintptr_t)stack;

	/* Only what the tests point at. */
	if (!(address >= from && address <= from + 64 - size) && address != (uint64_t)(uintptr_t)a_guard)
		return false;
	memcpy(buf, (const void *)(uintptr_t)address, size);
	return true;
}

static enum holding_call call_of(void *arg, uint64_t target)
{
	(void)arg;
	if (target == (uint64_t)(uintptr_t)&give_back)
		return HOLDING_CALL_UNLOCKS;
	if (target == (uint64_t)(uintptr_t)&take_it)
		return HOLDING_CALL_LOCKS;
	return target == (uint64_t)(uintptr_t)&give_up ? HOLDING_CALL_ENDS : HOLDING_CALL_OTHER;
}

static uint64_t stack[8];

static bool any_store;

static enum holding next(const uint8_t *code, const uint8_t *end, uint64_t lock)
{
	uint64_t regs[NREGS] = {0};
	struct holding_code c = {.bytes = code,
				 .size = (size_t)(end - code),
				 .address = (uint64_t)(uintptr_t)code,
				 .regs = regs,
				 .known = REG_BIT(RBX) | REG_BIT(RSP),
				 .lock = lock,
				 .any_store = any_store,
				 .read = read_self,
				 .call = call_of,
				 .arg = stack};

	regs[RBX] = (uint64_t)(uintptr_t)&the_lock;
	regs[RSP] = (uint64_t)(uintptr_t)stack;
	stack[1] = (uint64_t)(uintptr_t)&the_lock - 16;
	return holding__next(&c);
}

#define NEXT(name) next(name, name##_end, (uint64_t)(uintptr_t)&the_lock)

TEST(calls_by_name)
{
	CHECK(NEXT(calls_unlock) == HOLDING_UNLOCKS);
	CHECK(NEXT(unlocks_other) == HOLDING_NOTHING);
	CHECK(NEXT(locks_first) == HOLDING_LOCKS);
	CHECK(NEXT(tail_call) == HOLDING_UNLOCKS);
	CHECK(NEXT(from_stack) == HOLDING_UNLOCKS);
	CHECK(NEXT(lost_register) == HOLDING_NOTHING);
	CHECK(NEXT(drops_guard) == HOLDING_UNLOCKS);
	CHECK(NEXT(panics) != HOLDING_UNLOCKS);
	CHECK(NEXT(falls_out) != HOLDING_UNLOCKS);
	CHECK(NEXT(returns) == HOLDING_NOTHING);
}

TEST(atomic_instructions)
{
	CHECK(NEXT(exchanges) == HOLDING_UNLOCKS);
	CHECK(NEXT(compares) == HOLDING_LOCKS);
	CHECK(NEXT(parking_lot) == HOLDING_UNLOCKS);
	CHECK(NEXT(spins) == HOLDING_LOCKS);
	CHECK(NEXT(stores) == HOLDING_UNLOCKS);
	CHECK(NEXT(subtracts) == HOLDING_UNLOCKS);
	CHECK(NEXT(loops) == HOLDING_LOCKS);
}

/* Of what is done once, a 2 says that it is done. */
TEST(once)
{
	CHECK(NEXT(stores_two) == HOLDING_NOTHING);
	any_store = true;
	CHECK(NEXT(stores_two) == HOLDING_UNLOCKS);
	CHECK(NEXT(spins) == HOLDING_UNLOCKS);
	CHECK(NEXT(compares) == HOLDING_LOCKS);
	CHECK(NEXT(unlocks_other) == HOLDING_NOTHING);
	any_store = false;
}

TEST(any_lock)
{
	CHECK(next(calls_unlock, calls_unlock_end, 0) == HOLDING_UNLOCKS);
	CHECK(next(unlocks_other, unlocks_other_end, 0) == HOLDING_UNLOCKS);
	CHECK(next(exchanges, exchanges_end, 0) == HOLDING_UNLOCKS);
	CHECK(next(returns, returns_end, 0) == HOLDING_NOTHING);
	CHECK(next(stores, stores_end, 0) == HOLDING_NOTHING);
}

TEST(names)
{
	CHECK(lock_names__call("pthread_rwlock_unlock") == HOLDING_CALL_UNLOCKS);
	CHECK(lock_names__call("pthread_rwlock_rdlock") == HOLDING_CALL_LOCKS);
	CHECK(lock_names__call("pthread_mutex_trylock") == HOLDING_CALL_OTHER);
	CHECK(lock_names__call("std::unique_lock<std::mutex>::~unique_lock") == HOLDING_CALL_UNLOCKS);
	CHECK(lock_names__call("core::ptr::drop_in_place<std::sync::mutex::MutexGuard<i32>>") ==
	      HOLDING_CALL_UNLOCKS);
	CHECK(lock_names__call("<std::sync::mutex::MutexGuard<T> as core::ops::deref::Deref>::deref") ==
	      HOLDING_CALL_OTHER);
	CHECK(lock_names__call("clock_gettime") == HOLDING_CALL_OTHER);
	CHECK(lock_names__call("core::panicking::panic") == HOLDING_CALL_ENDS);
	CHECK(lock_names__call("") == HOLDING_CALL_OTHER);
	CHECK(lock_names__call("::") == HOLDING_CALL_OTHER);
}

static uint64_t spins_for(const uint8_t *code, const uint8_t *end, size_t at, bool exact)
{
	uint64_t regs[NREGS] = {[RBX] = (uint64_t)(uintptr_t)&the_lock, [RSP] = (uint64_t)(uintptr_t)stack};
	const struct holding_code c = {.bytes = code,
				       .size = (size_t)(end - code),
				       .address = (uint64_t)(uintptr_t)code,
				       .at = at,
				       .regs = regs,
				       .known = REG_BIT(RBX) | REG_BIT(RSP),
				       .exact = exact,
				       .read = read_self,
				       .arg = stack};

	return holding__spins_for(&c);
}

#define SPINS_FOR(name, at, exact) spins_for(name, name##_end, at, exact)

TEST(spin_locks)
{
	const uint64_t lock = (uint64_t)(uintptr_t)&the_lock;

	CHECK_EQ(SPINS_FOR(spins, 0, true), lock);
	CHECK_EQ(SPINS_FOR(spins, 5, true), lock);
	CHECK_EQ(SPINS_FOR(spins, 11, true), 0); /* it has it */
	CHECK_EQ(SPINS_FOR(looks_first, 11, true), lock);
	CHECK_EQ(SPINS_FOR(loops, 6, false), lock); /* behind the nap */
	CHECK_EQ(SPINS_FOR(loops, 6, true), 0);
	CHECK_EQ(SPINS_FOR(works, 11, true), 0); /* it takes it, works, and gives it back */
	CHECK_EQ(SPINS_FOR(works, 11, false), 0);
	CHECK_EQ(SPINS_FOR(takes_two, 0, true), 0);
	CHECK_EQ(SPINS_FOR(only_looks, 0, true), 0);
	CHECK_EQ(SPINS_FOR(returns, 0, true), 0);
}

/* Code is hostile, too: it is followed within its bounds, and ends. */
TEST(random_code)
{
	uint8_t code[4096];

	srand(1);
	for (int i = 0; i < 2000; i++) {
		for (size_t k = 0; k < sizeof(code); k++)
			code[k] = (uint8_t)(rand() >> 7);
		/* Many branches: short jumps everywhere. */
		for (size_t k = 0; i % 2 && k + 1 < sizeof(code); k += 2)
			code[k] = 0x70 | (uint8_t)(rand() & 15);
		next(code, code + sizeof(code), (uint64_t)(uintptr_t)&the_lock);
		next(code, code + 1 + (size_t)rand() % (sizeof(code) - 1), 0);
		spins_for(code, code + sizeof(code), (size_t)rand() % sizeof(code), i & 2);
	}
	CHECK(true);
}

TEST(operands)
{
	static const struct {
		uint8_t code[10];
		size_t size;
		bool plain;
		uint8_t base;
		int32_t displacement;
	} CASES[] = {
		{{0x8b, 0x43, 0x10}, 3, true, 3, 16},                /* mov 0x10(%rbx), %eax */
		{{0x8b, 0x05, 1, 0, 0, 0}, 6, true, X86_BASE_PC, 1}, /* mov 1(%rip), %eax */
		{{0x8b, 0x04, 0x24}, 3, true, 4, 0},                 /* mov (%rsp), %eax */
		{{0x41, 0x8b, 0x44, 0x24, 8}, 5, true, 12, 8},       /* mov 8(%r12), %eax */
		{{0x8b, 0x04, 0x8b}, 3, false, 3, 0},                /* mov (%rbx,%rcx,4), %eax */
		{{0x8b, 0x04, 0x25, 1, 0, 0, 0}, 7, false, 5, 1},    /* mov 1, %eax */
		{{0x64, 0x48, 0x8b, 0x03}, 4, false, 3, 0},          /* mov %fs:(%rbx), %rax */
		{{0x42, 0x8b, 0x04, 0x23}, 4, false, 3, 0},          /* mov (%rbx,%r12,1), %eax */
	};
	struct x86_insn i;

	for (size_t k = 0; k < sizeof(CASES) / sizeof(CASES[0]); k++) {
		CHECK(x86_decode(CASES[k].code, CASES[k].size, &i) && i.length == CASES[k].size);
		CHECK(i.plain_address == CASES[k].plain && i.displacement == CASES[k].displacement);
		CHECK(!i.plain_address || i.base == CASES[k].base);
	}
	CHECK(x86_decode((const uint8_t *)"\xf0\x0f\xb1\x0b", 4, &i) && i.locked);
	CHECK(x86_decode((const uint8_t *)"\x0f\xb1\x0b", 3, &i) && !i.locked);
}

TEST_MAIN
