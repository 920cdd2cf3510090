// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Waits for the end of a thread (Thread.join: Object.wait on the Thread object) and of a task
 * (FutureTask.get: the task is what the thread gave to LockSupport.park, and names the thread that runs it).
 */
#include <string.h>

#include "java/runtime/java_vm_private.h"

#define CONCURRENT  "java/util/concurrent/"
#define TASK_ENDED  2           /* FutureTask.state: below it, there is no result yet */
#define COUNT_MASK  0x1fffffffu /* ThreadPoolExecutor.ctl: its threads are in the lower bits */
#define POOLS_MOST  16
#define QUEUE_MOST  4096 /* tasks that are looked at */
#define POOL_BLOCKS 1024u

/* ---- threads ---------------------------------------------------------------------- */

bool java__find_joined(struct java_vm *vm, struct arena *a, struct java_thread *t)
{
	const struct vm_layout *l = &vm->layout;
	const struct java_class *c;
	uint64_t monitor, object, joined;

	if (!vm->monitors ||
	    !vm_memory__pointer(&vm->memory, t->address + (uint64_t)l->thread_waiting, &monitor) || !monitor)
		return false;
	object = java__handle(vm, monitor + (uint64_t)l->monitor_object);
	joined = java__thread_of(vm, object);
	/* Any object has something there: a thread leads back to its object. */
	if (!joined || (joined & 7) || java__handle(vm, joined + (uint64_t)l->thread_object) != object)
		return false;
	c = java__class(vm, java__class_of(vm, object));
	if (!c)
		return false;
	t->lock = object;
	t->key = joined;
	t->class = java__readable(a, c->name);
	t->kind = LOCK_JOIN;
	t->wait = WAIT_JOIN;
	t->owner = joined;
	t->only_in = "java.lang.Thread.join";
	return true;
}

/* ---- tasks ------------------------------------------------------------------------ */

bool java__find_task(struct java_vm *vm, struct arena *a, struct java_thread *t, uint64_t task)
{
	uint64_t klass = java__class_of(vm, task), runner;
	uint32_t state_at = java__field(vm, klass, "state", "I");
	struct java_class c;
	int32_t state;

	if (!state_at || !java__whole_class(vm, klass, &c) || !c.task_runner ||
	    !vm_memory__int(&vm->memory, task + state_at, &state) || state < 0 || state >= TASK_ENDED)
		return false;
	runner = java__reference(vm, task + c.task_runner);
	t->owner = java__thread_of(vm, runner);
	t->by_virtual = runner && !t->owner && java__is_virtual(vm, runner);
	t->lock = t->key = task;
	t->class = java__readable(a, c.name);
	t->kind = LOCK_TASK;
	t->wait = WAIT_JOIN;
	return true;
}

/* ---- pools ------------------------------------------------------------------------ */

static uint64_t member(struct java_vm *vm, uint64_t object, const char *name, const char *type)
{
	uint32_t at = object ? java__field(vm, java__class_of(vm, object), name, type) : 0;

	return at ? java__reference(vm, object + at) : 0;
}

static bool number(struct java_vm *vm, uint64_t object, const char *name, int32_t *ret)
{
	uint32_t at = object ? java__field(vm, java__class_of(vm, object), name, "I") : 0;

	return at && vm_memory__int(&vm->memory, object + at, ret);
}

static bool is_a(struct java_vm *vm, uint64_t object, const char *name)
{
	const struct java_class *c = java__class(vm, java__class_of(vm, object));

	return c && !strcmp(c->name, name);
}

/* What the thread was made to run: in the Thread itself, from 19 on in its holder. */
static uint64_t run_by(struct java_vm *vm, uint64_t thread)
{
	struct java_offsets *at = &vm->at;

	if (!at->thread_target && !at->thread_holder) {
		uint64_t klass = java__class_of(vm, thread);

		at->thread_target = java__field(vm, klass, "target", "Ljava/lang/Runnable;");
		at->thread_holder = java__field(vm, klass, "holder", "Ljava/lang/Thread$FieldHolder;");
	}
	if (at->thread_target)
		return java__reference(vm, thread + at->thread_target);
	if (!at->thread_holder)
		return 0;
	return member(vm, java__reference(vm, thread + at->thread_holder), "task", "Ljava/lang/Runnable;");
}

/* The ThreadPoolExecutor that it is a thread of; 0: none. */
static uint64_t pool_of(struct java_vm *vm, const struct java_thread *t)
{
	uint64_t worker = t->object ? run_by(vm, t->object) : 0;

	if (!is_a(vm, worker, CONCURRENT "ThreadPoolExecutor$Worker"))
		return 0;
	return member(vm, worker, "this$0", "L" CONCURRENT "ThreadPoolExecutor;");
}

static bool is_queued(struct java_vm *vm, uint64_t queue, uint64_t task)
{
	static const char NODE[] = "L" CONCURRENT "LinkedBlockingQueue$Node;";
	uint64_t node = member(vm, queue, "head", NODE), klass = java__class_of(vm, node);
	uint32_t next_at = java__field(vm, klass, "next", NODE);
	uint32_t item_at = java__field(vm, klass, "item", "Ljava/lang/Object;");

	for (int i = 0; node && next_at && item_at && i < QUEUE_MOST; i++) {
		if (java__reference(vm, node + item_at) == task)
			return true;
		node = java__reference(vm, node + next_at);
	}
	return false;
}

struct pool {
	uint64_t address, queue; /* queue 0: it is of another kind, or the pool may still make a thread */
};

/* A pool that takes what is queued with the threads that it has, however much more comes. */
static struct pool look_at_pool(struct java_vm *vm, uint64_t address, uint32_t *ret_threads)
{
	struct pool p = {.address = address};
	int32_t ctl, core, most, room;
	uint64_t queue = member(vm, address, "workQueue", "L" CONCURRENT "BlockingQueue;");
	uint64_t counter = member(vm, address, "ctl", "L" CONCURRENT "atomic/AtomicInteger;");

	if (!is_a(vm, queue, CONCURRENT "LinkedBlockingQueue") || !number(vm, counter, "value", &ctl) ||
	    !number(vm, address, "corePoolSize", &core) || !number(vm, address, "maximumPoolSize", &most) ||
	    !number(vm, queue, "capacity", &room))
		return p;
	*ret_threads = (uint32_t)ctl & COUNT_MASK;
	if ((int64_t)*ret_threads >= core && ((int64_t)*ret_threads >= most || room == INT32_MAX))
		p.queue = queue;
	return p;
}

static bool waits_for_queued(struct java_vm *vm, const struct java_thread *t, const struct pool *p)
{
	return t->kind == LOCK_TASK && t->lock && !t->owner && !t->by_virtual &&
	       is_queued(vm, p->queue, t->lock);
}

/* Each of its threads waits for a task in its queue: then the next one is who should run it. */
static void mark_pool(struct java_vm *vm, struct java_reading *r, const struct pool *p, uint32_t threads)
{
	struct java_thread *first = NULL, *last = NULL;
	uint32_t seen = 0;

	for (size_t i = 0; i < r->count; i++) {
		if (pool_of(vm, &r->threads[i]) != p->address)
			continue;
		if (!waits_for_queued(vm, &r->threads[i], p))
			return;
		seen++;
	}
	if (!seen || seen != threads)
		return;
	for (size_t i = 0; i < r->count; i++) {
		struct java_thread *t = &r->threads[i];

		if (pool_of(vm, t) != p->address)
			continue;
		if (last)
			last->likely = t->address;
		first = first ? first : t;
		last = t;
		t->likely_by = LOCK_LIKELY_POOL;
	}
	last->likely = first->address;
}

void java__find_stuck_pools(struct java_vm *vm, struct java_reading *r)
{
	uint64_t looked_at[POOLS_MOST];
	size_t count = 0;

	for (size_t i = 0; i < r->count && count < POOLS_MOST; i++) {
		const struct java_thread *t = &r->threads[i];
		uint32_t threads = 0;
		bool known = false;
		struct pool p;
		uint64_t pool;

		if (t->kind != LOCK_TASK || !t->lock || t->owner || t->by_virtual)
			continue;
		vm->memory.blocks_left += POOL_BLOCKS;
		pool = pool_of(vm, t);
		for (size_t k = 0; k < count; k++)
			known = known || looked_at[k] == pool;
		if (!pool || known)
			continue;
		looked_at[count++] = pool;
		p = look_at_pool(vm, pool, &threads);
		if (p.queue)
			mark_pool(vm, r, &p, threads);
	}
}
