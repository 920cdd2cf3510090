// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a thread waits for, as a thread dump has it: the monitor that it wants to enter
 * (runtime/objectMonitor.hpp), or the object that it gave to LockSupport.park (Thread.parkBlocker), whose
 * owner an AbstractOwnableSynchronizer keeps.
 */
#include <string.h>

#include "java/runtime/java_vm_private.h"
#include "util/text.h"

#define LOCKS           "java/util/concurrent/locks/"
#define SUPERS_MAX      64
#define ANONYMOUS       1u /* ObjectMonitor::ANONYMOUS_OWNER: the owner has it in its lock stack */
#define LOCK_STACK_MAX  64u
#define DEFLATER_MARKER 2u
#define OWNERS_TRIED    20000000u /* of a reading: 4,000 waiters of as many monitors, among 5,000 threads */

/* ---- classes ---------------------------------------------------------------------- */

/* Whether it is an AbstractOwnableSynchronizer or a FutureTask, which it or the classes above it show. */
static void look_at_supers(struct java_vm *vm, struct java_class *c, uint64_t klass)
{
	uint64_t at = klass;

	c->looked = true;
	for (int i = 0; i < SUPERS_MAX && at; i++) {
		const struct java_class *super = java__class(vm, at);

		if (!super)
			return;
		if (!strcmp(super->name, LOCKS "AbstractOwnableSynchronizer")) {
			c->owner_thread = java__field(vm, at, "exclusiveOwnerThread", "Ljava/lang/Thread;");
			c->ownable = c->owner_thread != 0;
			return;
		}
		if (!strcmp(super->name, "java/util/concurrent/FutureTask")) {
			c->task_runner = java__field(vm, at, "runner", "Ljava/lang/Thread;");
			return;
		}
		if (!vm_memory__pointer(&vm->memory, at + (uint64_t)vm->layout.klass_super, &at))
			return;
	}
}

bool java__whole_class(struct java_vm *vm, uint64_t klass, struct java_class *ret)
{
	struct java_class *c = java__class(vm, klass);

	if (!c)
		return false;
	*ret = *c;
	if (ret->looked)
		return true;
	look_at_supers(vm, ret, klass);
	c = java__class(vm, klass);
	if (c)
		*c = *ret;
	return true;
}

/* ---- monitors --------------------------------------------------------------------- */

static bool find_monitor(struct java_vm *vm, struct arena *a, struct java_thread *t)
{
	const struct vm_layout *l = &vm->layout;
	const struct java_class *c;
	uint64_t monitor, object;

	if (!vm->monitors ||
	    !vm_memory__pointer(&vm->memory, t->address + (uint64_t)l->thread_pending, &monitor) || !monitor)
		return false;
	object = java__handle(vm, monitor + (uint64_t)l->monitor_object);
	/* A copy: another class may make its place in the table move. */
	c = java__class(vm, java__class_of(vm, object));
	if (!c || !vm_memory__pointer(&vm->memory, monitor + (uint64_t)l->monitor_owner, &t->monitor_owner))
		return false;
	t->lock = object;
	t->key = monitor;
	t->class = java__readable(a, c->name);
	t->kind = LOCK_MONITOR;
	t->wait = WAIT_MUTEX;
	return true;
}

/* The lock stack of a thread has an object whose monitor does not name it yet. */
static bool has_locked(struct java_vm *vm, const struct java_thread *t, uint64_t object)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t stack = t->address + (uint64_t)l->thread_lock_stack, top, entry;
	uint64_t base = (uint64_t)l->thread_lock_stack + (uint64_t)l->lock_stack_base;

	/* The top is an offset from the start of the thread. */
	if (l->thread_lock_stack < 0 || l->lock_stack_top < 0 || l->lock_stack_base < 0 ||
	    !vm_memory__number(&vm->memory, stack + (uint64_t)l->lock_stack_top, 4, &top))
		return false;
	for (uint64_t at = base; at + 8 <= top && at < base + 8ull * LOCK_STACK_MAX; at += 8)
		if (vm_memory__pointer(&vm->memory, t->address + at, &entry) && entry == object)
			return true;
	return false;
}

static bool is_owner(struct java_vm *vm, const struct java_thread *t, uint64_t owner, uint64_t object)
{
	if (owner == ANONYMOUS)
		return has_locked(vm, t, object);
	/* From 24 on it is a number that the thread has. */
	if (vm->layout.thread_owner_id >= 0)
		return owner > DEFLATER_MARKER && t->id == owner;
	/* A thread, or the place in its stack where it has locked the object first. */
	return owner == t->address || (owner >= t->stack_low && owner < t->stack_high);
}

void java__find_owners(struct java_vm *vm, struct java_reading *r)
{
	uint64_t left = OWNERS_TRIED;

	for (size_t i = 0; i < r->count; i++) {
		struct java_thread *t = &r->threads[i];
		const struct java_thread *last = i ? &r->threads[i - 1] : NULL;

		if (!t->monitor_owner || t->owner)
			continue;
		/* Waiters of one lock often follow each other. */
		if (last && last->key == t->key && last->monitor_owner == t->monitor_owner) {
			t->owner = last->owner;
			t->by_virtual = last->by_virtual;
			continue;
		}
		for (size_t k = 0; k < r->count && !t->owner && left; k++, left--)
			if (is_owner(vm, &r->threads[k], t->monitor_owner, t->lock))
				t->owner = r->threads[k].address;
		t->by_virtual = !t->owner && left && vm->layout.thread_owner_id >= 0 && r->complete &&
				t->monitor_owner > DEFLATER_MARKER;
	}
}

/* ---- java.util.concurrent --------------------------------------------------------- */

uint64_t java__thread_of(struct java_vm *vm, uint64_t object)
{
	uint64_t thread;

	return object && vm->at.thread_eetop &&
			       vm_memory__pointer(&vm->memory, object + vm->at.thread_eetop, &thread)
		       ? thread
		       : 0;
}

/* Of those without an owner only the known ones: any other may be no lock at all. */
static bool by_name(const char *name, bool owned, struct java_thread *t)
{
	static const struct {
		const char *start;
		enum lock_kind kind;
		enum wait_kind wait;
	} KNOWN[] = {
		{LOCKS "ReentrantLock$", LOCK_MUTEX, WAIT_MUTEX},
		{LOCKS "ReentrantReadWriteLock$", LOCK_RWLOCK, WAIT_RWLOCK_WRITE},
		{LOCKS "StampedLock", LOCK_RWLOCK, WAIT_RWLOCK_WRITE},
		{"java/util/concurrent/Semaphore$", LOCK_SEMAPHORE, WAIT_SEMAPHORE},
	};

	for (size_t i = 0; i < sizeof(KNOWN) / sizeof(KNOWN[0]); i++)
		if (starts_with(name, KNOWN[i].start)) {
			t->kind = KNOWN[i].kind;
			t->wait = KNOWN[i].wait;
			t->read_write = t->kind == LOCK_RWLOCK;
			return true;
		}
	t->kind = LOCK_MUTEX;
	t->wait = WAIT_MUTEX;
	return owned;
}

bool java__is_virtual(struct java_vm *vm, uint64_t thread)
{
	const struct java_class *c = java__class(vm, java__class_of(vm, thread));

	return c && !strcmp(c->name, "java/lang/VirtualThread");
}

/* How many hold a ReentrantReadWriteLock to read: the upper half of its state, which 25 made a long. */
static uint32_t count_readers(struct java_vm *vm, uint64_t sync, uint64_t klass)
{
	uint32_t at = java__field(vm, klass, "state", "I");
	uint64_t whole;
	int32_t state;

	if (at)
		return vm_memory__int(&vm->memory, sync + at, &state) ? (uint32_t)state >> 16 : 0;
	at = java__field(vm, klass, "state", "J");
	return at && vm_memory__number(&vm->memory, sync + at, 8, &whole) ? (uint32_t)(whole >> 32) : 0;
}

static void find_blocker(struct java_vm *vm, struct arena *a, struct java_thread *t, uint64_t object)
{
	uint64_t blocker = vm->at.thread_blocker ? java__reference(vm, object + vm->at.thread_blocker) : 0;
	uint64_t klass = java__class_of(vm, blocker), owner = 0;
	struct java_class c;

	if (!java__whole_class(vm, klass, &c) || (c.task_runner && java__find_task(vm, a, t, blocker)))
		return;
	if (c.ownable) {
		uint64_t thread = java__reference(vm, blocker + c.owner_thread);

		owner = java__thread_of(vm, thread);
		t->by_virtual = thread && !owner && java__is_virtual(vm, thread);
	}
	if (!by_name(c.name, owner || t->by_virtual, t))
		return;
	if (c.ownable && t->kind == LOCK_RWLOCK && !owner && !t->by_virtual)
		t->readers = count_readers(vm, blocker, klass);
	t->lock = t->key = blocker;
	t->class = java__readable(a, c.name);
	t->owner = owner;
}

void java__find_lock(struct java_vm *vm, struct arena *a, struct java_thread *t, uint64_t object)
{
	if (find_monitor(vm, a, t) || java__find_joined(vm, a, t))
		return;
	if (object)
		find_blocker(vm, a, t, object);
}
