/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small Java virtual machine in a piece of memory: three threads, of which two wait for each other's
 * monitors and one for a ReentrantLock that the first of them holds, each with two interpreted frames. Its
 * tables are made from the list of what is looked up.
 */
#ifndef TS_TEST_JAVA_MACHINE_H
#define TS_TEST_JAVA_MACHINE_H

#include <stdlib.h>
#include <string.h>

#include "java/runtime/java_vm_private.h"

#define MEMORY_START    0x10000u
#define MEMORY_BYTES    (1u << 20)
#define PART            2048 /* of each structure; offsets are below that */
#define MACHINE_THREADS 3

static struct machine {
	uint8_t bytes[MEMORY_BYTES];
	uint64_t used, reads;
	uint64_t symbols[VM_SYMBOLS];
	uint64_t structs, types, list, threads[MACHINE_THREADS], objects[MACHINE_THREADS], locks[2],
		monitors[2];
	uint64_t thread_klass, string_klass, lock_klass, names[MACHINE_THREADS], stack, bytecodes, blob;
	struct vm_layout at;
} machine;

static uint64_t allot(size_t size)
{
	uint64_t at = MEMORY_START + machine.used;

	machine.used += (size + 15) & ~(size_t)15;
	if (machine.used > MEMORY_BYTES)
		abort();
	return at;
}

static void put(uint64_t address, uint64_t value, size_t size)
{
	memcpy(machine.bytes + (address - MEMORY_START), &value, size);
}

static void put_word(uint64_t base, int64_t offset, uint64_t value)
{
	put(base + (uint64_t)offset, value, 8);
}

static uint64_t put_text(const char *text)
{
	uint64_t at = allot(strlen(text) + 1);

	memcpy(machine.bytes + (at - MEMORY_START), text, strlen(text) + 1);
	return at;
}

static ssize_t read_machine_bytes(void *arg, uint64_t address, void *buf, size_t len)
{
	(void)arg;
	machine.reads++;
	if (address < MEMORY_START || address >= MEMORY_START + MEMORY_BYTES)
		return -14;
	if (len > MEMORY_START + MEMORY_BYTES - address)
		len = MEMORY_START + MEMORY_BYTES - address;
	memcpy(buf, machine.bytes + (address - MEMORY_START), len);
	return (ssize_t)len;
}

/* ---- the tables ---- */

struct made_row {
	char kind; /* 'o', 's', 'z', 'n' */
	const char *type, *field, *member;
};

static const struct made_row MADE[] = {
#define OFFSET(member, type, field) {'o', type, field, #member},
#define STATIC(member, type, field) {'s', type, field, #member},
#define SIZE(member, type)          {'z', type, NULL, #member},
#define NUMBER(member, name)        {'n', name, NULL, #member},
#include "java/runtime/vm_layout.def"
};
#define MADE_ROWS (sizeof(MADE) / sizeof(MADE[0]))

/* What 17 does not have. */
static bool is_newer(const char *member)
{
	static const char *const NAMES[] = {"klass_field_stream", "thread_owner_id", "nmethod_immutable",
					    "thread_vthread", "mark_klass_shift"};

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		if (!strcmp(NAMES[i], member))
			return true;
	return false;
}

static uint64_t put_pointer(uint64_t value)
{
	uint64_t at = allot(8);

	put(at, value, 8);
	return at;
}

/* The bytecodes follow their structure, the constants theirs. */
static uint64_t size_of(const struct made_row *r)
{
	if (r->kind == 'n')
		return 1;
	return !strcmp(r->type, "PcDesc") ? 16 : !strcmp(r->type, "JVMFlag") ? 64 : PART;
}

static void make_tables(void)
{
	uint64_t structs = machine.structs = allot((MADE_ROWS + 1) * 48);
	uint64_t types = machine.types = allot((MADE_ROWS + 1) * 16), ints = allot((MADE_ROWS + 1) * 16);
	const uint64_t members[VM_SYMBOLS] = {structs, 48,   0,  8, 16, 24,   32, types, 16, 0,
					      8,       ints, 16, 0, 8,  ints, 16, 0,     8};

	for (size_t i = 0; i < VM_SYMBOLS; i++)
		machine.symbols[i] = put_pointer(members[i]);
	for (size_t i = 0; i < MADE_ROWS; i++) {
		const struct made_row *r = &MADE[i];

		if (is_newer(r->member))
			continue;
		if (r->kind == 'o' || r->kind == 's') {
			put(structs, put_text(r->type), 8);
			put(structs + 8, put_text(r->field), 8);
			put(structs + 16, r->kind == 's', 4);
			/* Both are in it. */
			put(structs + 24, 8 * (i + 1) + (strcmp(r->member, "heap_segments") ? 0 : PART), 8);
			put(structs + 32, r->kind == 's' ? allot(8) : 0, 8);
			structs += 48;
		} else {
			uint64_t *at = r->kind == 'z' ? &types : &ints;

			put(*at, put_text(r->type), 8);
			put(*at + 8, size_of(r), 8);
			*at += 16;
		}
	}
}

/* ---- objects ---- */

static uint64_t make_symbol(const char *text)
{
	uint64_t at = allot(PART);

	put(at + (uint64_t)machine.at.symbol_length, strlen(text), 2);
	memcpy(machine.bytes + (at + (uint64_t)machine.at.symbol_body - MEMORY_START), text, strlen(text));
	return at;
}

/* Fields: name and type of each, NULL at the end; the first is at 16, each has 8 bytes. */
static uint64_t make_class(const char *name, uint64_t super, const char *const *fields)
{
	uint64_t klass = allot(PART), constants = allot(PART + 512), array = allot(PART), count = 0;

	put_word(klass, machine.at.klass_name, make_symbol(name));
	put_word(klass, machine.at.klass_super, super);
	put_word(klass, machine.at.klass_constants, constants);
	put_word(klass, machine.at.klass_fields, array);
	put_word(constants, machine.at.constants_holder, klass);
	put(constants + (uint64_t)machine.at.constants_length, 32, 4);
	for (; fields[2 * count]; count++) {
		const uint16_t f[6] = {0,
				       (uint16_t)(2 * count + 1),
				       (uint16_t)(2 * count + 2),
				       0,
				       (uint16_t)((16 + 8 * count) << 2 | 1),
				       0};

		put_word(constants, machine.at.constants_size + 8 * (int64_t)f[1],
			 make_symbol(fields[2 * count]));
		put_word(constants, machine.at.constants_size + 8 * (int64_t)f[2],
			 make_symbol(fields[2 * count + 1]));
		memcpy(machine.bytes + (array + (uint64_t)machine.at.shorts_data + 12 * count - MEMORY_START),
		       f, sizeof(f));
	}
	put(array, 6 * count, 4);
	put(klass + (uint64_t)machine.at.klass_field_count, count, 2);
	return klass;
}

static uint64_t make_object(uint64_t klass)
{
	uint64_t at = allot(PART);

	put_word(at, machine.at.object_klass, klass);
	return at;
}

/* Fields are where the header is not: moved behind it. */
#define OBJECT_FIELD(i) (16 + 8 * (uint64_t)(i))

static uint64_t make_string(const char *text)
{
	uint64_t at = make_object(machine.string_klass), array = allot(PART);

	put(at + OBJECT_FIELD(0), array, 8);
	put(at + OBJECT_FIELD(1), 0, 1);
	put(array + 16, strlen(text), 4);
	memcpy(machine.bytes + (array + 24 - MEMORY_START), text, strlen(text));
	return at;
}

static void make_classes(void)
{
	static const char *const THREAD[] = {"name",        "Ljava/lang/String;", "eetop", "J",
					     "parkBlocker", "Ljava/lang/Object;", NULL};
	static const char *const STRING[] = {"value", "[B", "coder", "B", NULL};
	static const char *const OWNABLE[] = {"exclusiveOwnerThread", "Ljava/lang/Thread;", NULL};
	static const char *const NOTHING[] = {NULL};
	uint64_t ownable = make_class("java/util/concurrent/locks/AbstractOwnableSynchronizer", 0, OWNABLE);

	machine.thread_klass = make_class("java/lang/Thread", 0, THREAD);
	machine.string_klass = make_class("java/lang/String", 0, STRING);
	machine.lock_klass =
		make_class("java/util/concurrent/locks/ReentrantLock$NonfairSync", ownable, NOTHING);
}

/* ---- code and threads ---- */

static uint64_t make_method(uint64_t klass_constants)
{
	uint64_t method = allot(PART), constant = allot(PART + 64);

	put_word(method, machine.at.method_const, constant);
	put_word(constant, machine.at.const_method_constants, klass_constants);
	put(constant + (uint64_t)machine.at.const_method_code_size, 16, 2);
	put(constant + (uint64_t)machine.at.const_method_name, 1, 2);
	put(constant + (uint64_t)machine.at.const_method_flags, 1, 2);
	machine.bytecodes = constant + (uint64_t)machine.at.const_method_size;
	/* bytecode 0 is of line 7, 8 of line 9 */
	put(machine.bytecodes + 16, 0x000042ull << 8 | 0x07, 8);
	return method;
}

static void make_code(void)
{
	uint64_t heaps = allot(PART), heap = allot(2 * PART), data = put_pointer(heap), map = allot(256);
	uint64_t code = allot(2 * PART + 4096);

	machine.blob = code + (uint64_t)machine.at.block_size;
	put((uint64_t)machine.at.code_heaps, heaps, 8);
	put(heaps + (uint64_t)machine.at.array_length, 1, 4);
	put_word(heaps, machine.at.array_data, data);
	put_word(heap, machine.at.heap_memory + machine.at.space_low, code);
	put_word(heap, machine.at.heap_memory + machine.at.space_high, code + 2 * PART + 4096);
	put_word(heap, machine.at.heap_segments + machine.at.space_low, map);
	put(heap + (uint64_t)machine.at.heap_log2, 7, 4);
	for (unsigned i = 0; i < 64; i++)
		put(map + i, i, 1);
	put(code + (uint64_t)machine.at.block_used, 1, 1);
	put_word(machine.blob, machine.at.blob_name, put_text("Interpreter"));
	put(machine.blob + (uint64_t)machine.at.blob_size, PART + 4096, 4);
	put((uint64_t)machine.at.code_low, code, 8);
	put((uint64_t)machine.at.code_high, code + 2 * PART + 4096, 8);
	put((uint64_t)machine.at.call_stub_return, code + 1, 8);
}

/* Two interpreted frames, entered from native code. */
static void make_stack(uint64_t thread, uint64_t method, uint64_t call_stub)
{
	uint64_t low = allot(1024), first = low + 256, second = low + 512, entry = low + 768;
	uint64_t anchor = thread + (uint64_t)machine.at.thread_anchor, wrapper = allot(PART);
	const uint64_t frames[] = {first, second};

	put(thread + (uint64_t)machine.at.thread_stack_base, low + 1024, 8);
	put(thread + (uint64_t)machine.at.thread_stack_size, 1024, 8);
	put_word(anchor, machine.at.anchor_sp, low + 128);
	put_word(anchor, machine.at.anchor_fp, first);
	put_word(anchor, machine.at.anchor_pc, machine.blob + PART);
	for (size_t i = 0; i < 2; i++) {
		put(frames[i], i ? entry : second, 8);
		put(frames[i] + 8, i ? call_stub : machine.blob + PART + 64, 8);
		put(frames[i] - 24, method, 8);
		put(frames[i] + (uint64_t)(8 * java_frame_bcp), machine.bytecodes + 8 * i, 8);
	}
	put(entry + (uint64_t)(8 * java_frame_wrapper), wrapper, 8);
	machine.stack = low;
}

static void make_threads(void)
{
	static const char *const NAMES[] = {"first of them", "second", "third"};
	uint64_t array = allot(64), method, constants;

	memcpy(&constants,
	       machine.bytes + (machine.thread_klass + (uint64_t)machine.at.klass_constants - MEMORY_START),
	       8);
	method = make_method(constants);
	make_code();
	machine.list = allot(PART);
	put((uint64_t)machine.at.thread_list, machine.list, 8);
	put(machine.list + (uint64_t)machine.at.list_length, MACHINE_THREADS, 4);
	put_word(machine.list, machine.at.list_threads, array);
	for (unsigned i = 0; i < MACHINE_THREADS; i++) {
		uint64_t thread = machine.threads[i] = allot(PART), os = allot(PART);
		uint64_t object = machine.objects[i] = make_object(machine.thread_klass);

		put(array + 8 * i, thread, 8);
		put_word(thread, machine.at.thread_os, os);
		put(os + (uint64_t)machine.at.os_thread_id, 100 + i, 4);
		put_word(thread, machine.at.thread_object, put_pointer(object));
		machine.names[i] = make_string(NAMES[i]);
		put(object + OBJECT_FIELD(0), machine.names[i], 8);
		put(object + OBJECT_FIELD(1), thread, 8);
		make_stack(thread, method, machine.blob - (uint64_t)machine.at.block_size + 1);
	}
}

static void make_locks(void)
{
	static const char *const NOTHING[] = {NULL};
	uint64_t klass = make_class("app/Account", 0, NOTHING), lock = make_object(machine.lock_klass);

	for (unsigned i = 0; i < 2; i++) {
		machine.monitors[i] = allot(PART);
		machine.locks[i] = make_object(klass);
		put_word(machine.monitors[i], machine.at.monitor_object, put_pointer(machine.locks[i]));
		put_word(machine.monitors[i], machine.at.monitor_owner, machine.threads[1 - i]);
		put_word(machine.threads[i], machine.at.thread_pending, machine.monitors[i]);
	}
	put(lock + OBJECT_FIELD(0), machine.objects[0], 8);
	put(machine.objects[2] + OBJECT_FIELD(2), lock, 8);
}

static void make_machine(void)
{
	struct vm_memory memory = {.read = read_machine_bytes};

	memset(&machine, 0, sizeof(machine));
	make_tables();
	vm_memory__start(&memory, 100000);
	if (!vm_layout__read(&memory, machine.symbols, &machine.at))
		abort();
	vm_memory__free(&memory);
	/* An object's header is in its first words. */
	put((uint64_t)machine.at.version_major, 17, 4);
	make_classes();
	make_threads();
	make_locks();
}

#endif
