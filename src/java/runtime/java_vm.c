// SPDX-License-Identifier: GPL-2.0-or-later
#include "java/runtime/java_vm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "java/runtime/java_vm_private.h"
#include "java/runtime/vm_symbols.h"
#include "util/heap.h"

#define STARTED_SINCE 64u /* threads that the kernel's list may not have yet */
#define FLAGS_MAX     8192u
#define FLAG_BYTES    256
#define OPEN_BLOCKS   16384u /* 32 MiB: the tables of 21 take 300 blocks */
#define LIST_BLOCKS   1024u
#define THREAD_BLOCKS 64u /* of a thread, its names and its locks */
#define FRAME_BLOCKS  256u
#define OLDEST        17

/* ---- opening ---------------------------------------------------------------------- */

static const struct flag_wanted {
	const char *name, *collector;
} FLAGS[] = {{"UseCompressedOops", NULL},       {"UseCompressedClassPointers", NULL},
	     {"UseCompactObjectHeaders", NULL}, {"UseG1GC", "G1"},
	     {"UseParallelGC", "Parallel"},     {"UseSerialGC", "Serial"},
	     {"UseShenandoahGC", "Shenandoah"}, {"UseZGC", "ZGC"}};

static void take_flag(struct java_vm *vm, const struct flag_wanted *flag)
{
	bool *const switches[] = {&vm->compressed_oops, &vm->compressed_classes, &vm->compact_headers};

	if (flag->collector)
		vm->collector = flag->collector;
	else
		*switches[flag - FLAGS] = true;
}

/* Those of its flags that say how objects look. */
static bool read_flags(struct java_vm *vm)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t start, count, name_at, value_at, value;
	char name[64];

	if (!vm_memory__pointer(&vm->memory, (uint64_t)l->flags, &start) ||
	    !vm_memory__pointer(&vm->memory, (uint64_t)l->flag_count, &count) || count > FLAGS_MAX ||
	    l->flag_size < 8 || l->flag_size > FLAG_BYTES)
		return false;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t flag = start + i * (uint64_t)l->flag_size;

		if (!vm_memory__pointer(&vm->memory, flag + (uint64_t)l->flag_name, &name_at))
			return false;
		if (!name_at || !vm_memory__string(&vm->memory, name_at, name, sizeof(name)))
			continue;
		for (size_t k = 0; k < sizeof(FLAGS) / sizeof(FLAGS[0]); k++)
			if (!strcmp(name, FLAGS[k].name) &&
			    vm_memory__pointer(&vm->memory, flag + (uint64_t)l->flag_address, &value_at) &&
			    vm_memory__number(&vm->memory, value_at, 1, &value) && value == 1)
				take_flag(vm, &FLAGS[k]);
	}
	return true;
}

/* How it packs references; only known once it has started. */
static bool read_packing(struct java_vm *vm)
{
	const struct vm_layout *l = &vm->layout;
	struct vm_memory *m = &vm->memory;

	return vm_memory__pointer(m, (uint64_t)l->oop_base, &vm->oop_base) &&
	       vm_memory__number(m, (uint64_t)l->oop_shift, 4, &vm->oop_shift) && vm->oop_shift < 16 &&
	       vm_memory__pointer(m, (uint64_t)l->klass_base, &vm->klass_base) &&
	       vm_memory__number(m, (uint64_t)l->klass_shift, 4, &vm->klass_shift) && vm->klass_shift < 16;
}

static int read_machine(struct java_vm *vm, const uint64_t *symbols)
{
	int32_t major;

	vm_memory__start(&vm->memory, OPEN_BLOCKS);
	if (!vm_layout__read(&vm->memory, symbols, &vm->layout))
		return -EAGAIN;
	if (!vm_layout__has_threads(&vm->layout) || vm->layout.version_major < 0 ||
	    !vm_memory__int(&vm->memory, (uint64_t)vm->layout.version_major, &major))
		return -ENOTSUP;
	if (!major)
		return -EAGAIN;
	vm->major = major;
	if (!read_flags(vm) || !read_packing(vm))
		return -EAGAIN;
	vm->monitors = vm_layout__has_monitors(&vm->layout);
	vm->frames = vm_layout__has_frames(&vm->layout);
	/* ZGC colours references: from 21 on, they are no addresses. */
	if (major < OLDEST || (vm->compact_headers && vm->layout.mark_klass_shift < 0) ||
	    (major >= 21 && vm->collector && !strcmp(vm->collector, "ZGC")))
		return -ENOTSUP;
	return 0;
}

int java_vm__open_memory(const struct vm_memory *memory, const uint64_t *symbols, struct java_vm **ret)
{
	struct java_vm *vm = HEAP_NEW(struct java_vm, 1);
	int err;

	vm->memory.read = memory->read;
	vm->memory.arg = memory->arg;
	err = read_machine(vm, symbols);
	if (err)
		java_vm__close(vm);
	else
		*ret = vm;
	return err;
}

static ssize_t read_process(void *arg, uint64_t address, void *buf, size_t len)
{
	return process__read(arg, address, buf, len);
}

int java_vm__open(const struct process *p, const struct mappings *maps, struct java_vm **ret)
{
	const struct vm_memory memory = {.read = read_process, .arg = (void *)p};
	uint64_t symbols[VM_SYMBOLS];
	int err = vm_symbols__find(p, maps, symbols);

	return err ? err : java_vm__open_memory(&memory, symbols, ret);
}

void java__forget_texts(struct java_vm *vm)
{
	u64_table__free(&vm->classes);
	u64_table__free(&vm->methods);
	arena__free(&vm->texts);
}

void java_vm__close(struct java_vm *vm)
{
	if (!vm)
		return;
	java__forget_texts(vm);
	vm_memory__free(&vm->memory);
	free(vm);
}

/* ---- reading ---------------------------------------------------------------------- */

/* The fields of Thread, by the first of them that is seen. */
static void find_offsets(struct java_vm *vm, uint64_t object)
{
	uint64_t klass = java__class_of(vm, object);

	if (vm->at.thread_name || !java__class(vm, klass))
		return;
	vm->at.thread_blocker = java__field(vm, klass, "parkBlocker", "Ljava/lang/Object;");
	vm->at.thread_eetop = java__field(vm, klass, "eetop", "J");
	vm->at.thread_name = java__field(vm, klass, "name", "Ljava/lang/String;");
}

/* 0: the thread is starting or ending, or its object cannot be read. */
static uint64_t thread_object(struct java_vm *vm, struct java_thread *t)
{
	uint64_t object = java__handle(vm, t->address + (uint64_t)vm->layout.thread_object), back;

	find_offsets(vm, object);
	/* It leads back to where it was found. */
	if (!object || !vm->at.thread_eetop ||
	    !vm_memory__pointer(&vm->memory, object + vm->at.thread_eetop, &back) || back != t->address)
		return 0;
	return object;
}

static void read_stack_bounds(struct java_vm *vm, struct java_thread *t)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t base, size;

	if (l->thread_stack_base < 0 || l->thread_stack_size < 0 ||
	    !vm_memory__pointer(&vm->memory, t->address + (uint64_t)l->thread_stack_base, &base) ||
	    !vm_memory__pointer(&vm->memory, t->address + (uint64_t)l->thread_stack_size, &size) ||
	    size > base)
		return;
	t->stack_low = base - size;
	t->stack_high = base;
}

static bool read_thread(struct java_vm *vm, struct arena *a, uint64_t address, struct java_thread *t)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t os, object, carried;
	char name[JAVA_TEXT];
	int32_t tid;

	*t = (struct java_thread){.address = address};
	if (!vm_memory__pointer(&vm->memory, address + (uint64_t)l->thread_os, &os) || !os ||
	    !vm_memory__int(&vm->memory, os + (uint64_t)l->os_thread_id, &tid) || tid <= 0)
		return false;
	t->ns_tid = tid;
	read_stack_bounds(vm, t);
	if (l->thread_owner_id >= 0)
		(void)vm_memory__pointer(&vm->memory, address + (uint64_t)l->thread_owner_id, &t->id);
	object = t->object = thread_object(vm, t);
	if (object && vm->at.thread_name &&
	    java__string(vm, java__reference(vm, object + vm->at.thread_name), name, sizeof(name)))
		t->name = arena__string(a, name);
	if (l->thread_vthread >= 0) {
		carried = java__handle(vm, address + (uint64_t)l->thread_vthread);
		t->virtual = object && carried && carried != object;
	}
	java__find_lock(vm, a, t, object);
	return true;
}

static bool is_collecting(struct java_vm *vm)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t heap, active;

	return l->collected_heap >= 0 && l->heap_gc_active >= 0 &&
	       vm_memory__pointer(&vm->memory, (uint64_t)l->collected_heap, &heap) && heap &&
	       vm_memory__number(&vm->memory, heap + (uint64_t)l->heap_gc_active, 1, &active) && active == 1;
}

static bool read_list(struct java_vm *vm, uint64_t *ret_threads, uint64_t *ret_count)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t list;

	if (!vm_memory__pointer(&vm->memory, (uint64_t)l->thread_list, &list) || !list ||
	    !vm_memory__number(&vm->memory, list + (uint64_t)l->list_length, 4, ret_count) || !*ret_count ||
	    !vm_memory__pointer(&vm->memory, list + (uint64_t)l->list_threads, ret_threads))
		return false;
	return true;
}

bool java__code_bounds(struct java_vm *vm)
{
	if (vm_memory__pointer(&vm->memory, (uint64_t)vm->layout.code_low, &vm->code_low) &&
	    vm_memory__pointer(&vm->memory, (uint64_t)vm->layout.code_high, &vm->code_high))
		return true;
	vm->code_low = vm->code_high = 0;
	return false;
}

int java_vm__read(struct java_vm *vm, struct arena *a, size_t threads, struct java_reading *ret)
{
	uint64_t list, address, listed, count;

	java__forget_texts(vm);
	vm_memory__start(&vm->memory, LIST_BLOCKS);
	if (!read_list(vm, &list, &listed))
		return -EAGAIN;
	count = listed < threads + STARTED_SINCE ? listed : threads + STARTED_SINCE;
	vm->memory.blocks_left += count * THREAD_BLOCKS;
	if (vm->frames)
		(void)java__code_bounds(vm);
	ret->threads = ARENA_NEW(a, struct java_thread, count);
	ret->count = 0;
	for (uint64_t i = 0; i < count; i++) {
		if (!vm_memory__pointer(&vm->memory, list + 8 * i, &address))
			break;
		if (address && !(address & 7) && read_thread(vm, a, address, &ret->threads[ret->count]))
			ret->count++;
	}
	ret->complete = ret->count == listed;
	java__find_owners(vm, ret);
	java__find_readers(vm, ret);
	java__find_stuck_pools(vm, ret);
	ret->collecting = is_collecting(vm);
	ret->collector = vm->collector;
	return 0;
}

bool java_vm__find_code(struct java_vm *vm)
{
	vm_memory__start(&vm->memory, LIST_BLOCKS);
	return vm->frames && java__code_bounds(vm);
}

void java_vm__look_again(struct java_vm *vm)
{
	vm_memory__start(&vm->memory, LIST_BLOCKS);
}

bool java_vm__still_waits(struct java_vm *vm, const struct java_thread *t)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t monitor, owner;

	vm->memory.blocks_left += 4;
	return t->kind == LOCK_MONITOR && t->key &&
	       vm_memory__pointer(&vm->memory, t->address + (uint64_t)l->thread_pending, &monitor) &&
	       monitor == t->key &&
	       vm_memory__pointer(&vm->memory, monitor + (uint64_t)l->monitor_owner, &owner) &&
	       owner == t->monitor_owner;
}

bool java_vm__is_code(const struct java_vm *vm, uint64_t address)
{
	return address >= vm->code_low && address < vm->code_high;
}
