// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a Java virtual machine: what is right in it, and what may be wrong. */
#include "java_machine.h"

#include <errno.h>

#include "test.h"

#define READS_MAX 400000u

static struct arena arena;
static struct java_reading reading;
static struct java_vm *vm;

static int open_machine(void)
{
	const struct vm_memory memory = {.read = read_machine_bytes};

	vm = NULL;
	return java_vm__open_memory(&memory, machine.symbols, &vm);
}

static int read_it(void)
{
	int err = open_machine();

	return err ? err : java_vm__read(vm, &arena, MACHINE_THREADS, &reading);
}

static void done(void)
{
	java_vm__close(vm);
	vm = NULL;
	arena__free(&arena);
	reading = (struct java_reading){0};
}

TEST(names_locks_and_owners)
{
	make_machine();
	CHECK_EQ(read_it(), 0);
	CHECK_EQ(reading.count, 3);
	if (reading.count == 3) {
		const struct java_thread *t = reading.threads;

		CHECK_STR(t[0].name, "first of them");
		CHECK_EQ(t[0].ns_tid, 100);
		CHECK_EQ(t[0].lock, machine.locks[0]);
		CHECK_EQ(t[0].owner, machine.threads[1]);
		CHECK_EQ(t[0].kind, LOCK_MONITOR);
		CHECK_STR(t[0].class, "app.Account");
		CHECK_EQ(t[1].owner, machine.threads[0]);
		CHECK(java_vm__still_waits(vm, &t[1]));
		CHECK_EQ(t[2].owner, machine.threads[0]);
		CHECK_EQ(t[2].kind, LOCK_MUTEX);
		CHECK_STR(t[2].class, "java.util.concurrent.locks.ReentrantLock$NonfairSync");
	}
	done();
}

TEST(owner_by_its_stack)
{
	make_machine();
	put_word(machine.monitors[0], machine.at.monitor_owner, machine.stack + 200); /* of the last thread */
	CHECK_EQ(read_it(), 0);
	CHECK(reading.count == 3 && reading.threads[0].owner == machine.threads[2]);
	done();
}

TEST(frames_with_lines)
{
	struct java_frames found[JAVA_STRETCHES_MAX];

	make_machine();
	CHECK_EQ(read_it(), 0);
	if (!reading.count)
		return;
	CHECK_EQ(java_vm__frames(vm, &arena, &reading.threads[0], found), 1);
	CHECK_EQ(found[0].count, 2);
	if (found[0].count == 2) {
		CHECK_STR(found[0].frames[0].function, "java.lang.Thread.name");
		CHECK_EQ(found[0].frames[0].line, 7);
		CHECK_EQ(found[0].frames[1].line, 9);
		CHECK_EQ(found[0].frames[0].address, machine.blob + PART);
	}
	done();
}

/* As for a thread that has gone on: what its stack was is in a copy. */
TEST(frames_of_a_copy)
{
	struct java_frames found[JAVA_STRETCHES_MAX];
	uint8_t copy[1024];
	struct java_place place;

	make_machine();
	memcpy(copy, machine.bytes + (machine.stack - MEMORY_START), sizeof(copy));
	memset(machine.bytes + (machine.stack - MEMORY_START), 0, sizeof(copy));
	place = (struct java_place){.pc = machine.blob + PART,
				    .sp = machine.stack + 128,
				    .fp = machine.stack + 256,
				    .start = machine.stack,
				    .bytes = copy,
				    .len = sizeof(copy)};
	CHECK_EQ(read_it(), 0);
	CHECK_EQ(java_vm__frames_at(vm, &arena, &place, found), 1);
	CHECK_EQ(found[0].count, 2);
	place.len = 400; /* the second frame is not in it */
	CHECK_EQ(java_vm__frames_at(vm, &arena, &place, found), 1);
	CHECK_EQ(found[0].count, 1);
	place.pc = 7;
	CHECK_EQ(java_vm__frames_at(vm, &arena, &place, found), 0);
	done();
}

TEST(a_thread_that_is_not_what_its_object_says)
{
	make_machine();
	put(machine.objects[1] + OBJECT_FIELD(1), machine.threads[0], 8);
	CHECK_EQ(read_it(), 0);
	CHECK(reading.count == 3 && !reading.threads[1].name && reading.threads[0].name);
	done();
}

TEST(lengths_that_lie)
{
	static const uint32_t LENGTHS[] = {0, 0x7fffffff, 0x80000000, 0xffffffff, 65536};

	for (size_t i = 0; i < sizeof(LENGTHS) / sizeof(LENGTHS[0]); i++) {
		make_machine();
		put(machine.list + (uint64_t)machine.at.list_length, LENGTHS[i], 4);
		machine.reads = 0;
		CHECK_EQ(read_it(), LENGTHS[i] ? 0 : -EAGAIN);
		CHECK(machine.reads < READS_MAX);
		CHECK(reading.count <= 65536);
		done();
	}
	make_machine();
	put(machine.names[0] + OBJECT_FIELD(0), machine.stack, 8); /* as an array: its length is 0 */
	put(machine.stack + 16, 0x7fffffff, 4);
	CHECK_EQ(read_it(), 0);
	CHECK(reading.count == 3 &&
	      (!reading.threads[0].name || strlen(reading.threads[0].name) < JAVA_TEXT));
	done();
}

TEST(circles)
{
	struct java_frames found[JAVA_STRETCHES_MAX];

	make_machine();
	put_word(machine.lock_klass, machine.at.klass_super, machine.lock_klass);
	put(machine.stack + 256, machine.stack + 256, 8); /* a frame that is its own caller */
	put(machine.stack + 256 + 8, machine.blob + PART, 8);
	CHECK_EQ(read_it(), 0);
	CHECK(reading.count == 3 && !reading.threads[2].owner);
	CHECK(java_vm__frames(vm, &arena, &reading.threads[2], found) <= 1);
	done();
}

TEST(tables_that_lie)
{
	make_machine();
	put(machine.symbols[1], 0, 8); /* entries without a size */
	CHECK_EQ(open_machine(), -EAGAIN);
	make_machine();
	put(machine.symbols[2], 4096, 8); /* a name outside its entry */
	CHECK_EQ(open_machine(), -EAGAIN);
	make_machine();
	for (uint64_t at = machine.structs; at < machine.structs + 48 * 200; at += 48) /* no end */
		put(at, machine.symbols[0], 8);
	machine.reads = 0;
	CHECK(open_machine() != 0);
	CHECK(machine.reads < READS_MAX);
	make_machine();
	put(machine.symbols[0], 0, 8); /* not filled yet */
	CHECK_EQ(open_machine(), -EAGAIN);
	make_machine();
	put((uint64_t)machine.at.version_major, 11, 4);
	CHECK_EQ(open_machine(), -ENOTSUP);
}

static uint64_t drawn = 88172645463325252ull;
static uint64_t draw(void)
{
	drawn ^= drawn << 13;
	drawn ^= drawn >> 7;
	return drawn ^= drawn << 17;
}

/* Any word of it may be anything: mostly another address in it. */
static void damage(void)
{
	static const uint64_t ODD[] = {0, 1, 7, 0xff, 0x7fffffff, 0xffffffff, 1ull << 62, UINT64_MAX};

	for (uint64_t n = 1 + draw() % 4; n; n--) {
		uint64_t at = MEMORY_START + draw() % (machine.used / 8) * 8, value;

		value = draw() % 3 ? MEMORY_START + draw() % machine.used : ODD[draw() % 8];
		put(draw() % 4 ? at : machine.threads[draw() % 3] + draw() % PART / 8 * 8, value,
		    draw() % 3 ? 8 : 4);
	}
}

TEST(anything_at_all)
{
	static struct machine whole;

	make_machine();
	whole = machine;
	for (int i = 0; i < 1500; i++) {
		struct java_frames found[JAVA_STRETCHES_MAX];

		machine = whole;
		if (i % 3)
			damage();
		CHECK_EQ(open_machine() <= 0, 1);
		if (vm) {
			damage();
			machine.reads = 0;
			(void)java_vm__read(vm, &arena, MACHINE_THREADS, &reading);
			for (size_t k = 0; k < reading.count && k < 3; k++) {
				(void)java_vm__frames(vm, &arena, &reading.threads[k], found);
				(void)java_vm__still_waits(vm, &reading.threads[k]);
			}
			CHECK(machine.reads < READS_MAX);
		}
		done();
	}
}

/* A process of three threads whose list says that it has 500. */
TEST(more_threads_than_there_are)
{
	uint64_t array;

	make_machine();
	array = allot(8 * 500);
	for (unsigned i = 0; i < 500; i++)
		put(array + 8 * i, machine.threads[i % MACHINE_THREADS], 8);
	put(machine.list + (uint64_t)machine.at.list_length, 500, 4);
	put_word(machine.list, machine.at.list_threads, array);
	CHECK_EQ(read_it(), 0);
	CHECK(reading.count >= MACHINE_THREADS && reading.count <= 100);
	CHECK(!reading.complete);
	done();
}

/* Structures that lead in a circle are in the cache: no bound on what is read ends that. */
TEST(a_reading_ends_in_time)
{
	uint64_t value;
	int left = 1000000;

	make_machine();
	CHECK_EQ(open_machine(), 0);
	vm_memory__start(&vm->memory, 100);
	CHECK(vm_memory__pointer(&vm->memory, machine.list, &value));
	vm->memory.until_ns = 1; /* it is over */
	while (left && vm_memory__pointer(&vm->memory, machine.list, &value))
		left--;
	CHECK(left > 0);
	vm_memory__start(&vm->memory, 100);
	CHECK(vm_memory__pointer(&vm->memory, machine.list, &value));
	done();
}

TEST(numbers_of_both_encodings)
{
	struct java_stream s;

	make_machine();
	CHECK_EQ(open_machine(), 0);
	vm_memory__start(&vm->memory, 100);
	put(machine.stack, 0x01c0bf05, 4);
	s = (struct java_stream){.vm = vm, .at = machine.stack, .end = machine.stack + 4};
	CHECK_EQ(java_stream__number(&s), 5);
	CHECK_EQ(java_stream__number(&s), 191);
	CHECK_EQ(java_stream__number(&s), 192 + (1 << 6));
	(void)java_stream__number(&s);
	CHECK(s.failed); /* behind its end */
	vm->major = 21;
	s = (struct java_stream){.vm = vm, .at = machine.stack, .end = machine.stack + 4};
	CHECK_EQ(java_stream__number(&s), 4);
	CHECK_EQ(java_stream__number(&s), 190);
	CHECK_EQ(java_stream__number(&s), 191);
	done();
}

TEST_MAIN
