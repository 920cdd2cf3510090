/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small Java virtual machine's memory, in which any bytes are changed: its tables, threads, names, locks,
 * frames. */
#include "java_machine.h"

#include "tests/fuzz/fuzz.h"

static struct machine made;

static void look_at_stacks(struct java_vm *vm, struct arena *a, const struct java_reading *r)
{
	struct java_frames found[JAVA_STRETCHES_MAX];

	for (size_t i = 0; i < r->count; i++) {
		const struct java_thread *t = &r->threads[i];
		size_t n = java_vm__frames(vm, a, t, found), bytes = t->name ? strlen(t->name) : 0;

		if (n > JAVA_STRETCHES_MAX)
			abort();
		for (size_t k = 0; k < n; k++)
			for (size_t j = 0; j < found[k].count; j++)
				bytes +=
					found[k].frames[j].function ? strlen(found[k].frames[j].function) : 0;
		if (t->class)
			bytes += strlen(t->class);
		java_vm__still_waits(vm, t);
		if (bytes == SIZE_MAX)
			abort();
	}
}

/* The stack as it was when its registers were taken. */
static void look_at_copy(struct java_vm *vm, struct arena *a)
{
	struct java_frames found[JAVA_STRETCHES_MAX];
	struct java_place p = {.pc = machine.blob + PART,
			       .sp = machine.stack + 128,
			       .fp = machine.stack + 256,
			       .start = machine.stack,
			       .bytes = machine.bytes + (machine.stack - MEMORY_START),
			       .len = 1024};

	if (java_vm__find_code(vm) && java_vm__frames_at(vm, a, &p, found) > JAVA_STRETCHES_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct vm_memory memory = {.read = read_machine_bytes};
	struct fuzz_input in = {data, size};
	struct java_reading reading;
	struct java_vm *vm = NULL;
	struct arena a = {0};

	if (!made.used) {
		make_machine();
		made = machine;
	}
	memcpy(machine.bytes, made.bytes, made.used);
	fuzz__change(machine.bytes, made.used, &in);
	if (!java_vm__open_memory(&memory, machine.symbols, &vm)) {
		if (!java_vm__read(vm, &a, MACHINE_THREADS, &reading)) {
			look_at_stacks(vm, &a, &reading);
			java_vm__look_again(vm);
			look_at_copy(vm, &a);
		}
		java_vm__close(vm);
	}
	arena__free(&a);
	return 0;
}
