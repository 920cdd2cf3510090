// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who holds a ReentrantReadWriteLock to read. It counts how often each thread does: of the first reader in
 * itself, of all others in a ThreadLocal (ReentrantReadWriteLock.Sync, of 8 to 25).
 */
#include "java/runtime/java_vm_private.h"

#define LOCKS_MOST   32   /* of a reading */
#define THREADS_MOST 512  /* looked into, of a reading */
#define LOCALS_MOST  1024 /* of a thread */
#define CHAIN_MOST   64
#define HOLDS        "Ljava/util/concurrent/locks/ReentrantReadWriteLock$Sync$ThreadLocalHoldCounter;"
#define LOCAL_MAP    "Ljava/lang/ThreadLocal$ThreadLocalMap;"

/* One lock, and where things are. */
struct readers {
	struct java_vm *vm;
	struct java_reading *reading;
	size_t left; /* threads that may be looked into */
	uint64_t lock, holds, first;
	int32_t first_count;
	uint32_t locals, table, referent, value, counter; /* 0: not found yet */
};

static bool look_at_lock(struct readers *r, uint64_t lock)
{
	uint64_t klass = java__class_of(r->vm, lock);
	uint32_t counts = java__field(r->vm, klass, "readHolds", HOLDS);
	uint32_t first = java__field(r->vm, klass, "firstReader", "Ljava/lang/Thread;");
	uint32_t count = java__field(r->vm, klass, "firstReaderHoldCount", "I");

	if (!counts || !first || !count || !vm_memory__int(&r->vm->memory, lock + count, &r->first_count))
		return false;
	r->lock = lock;
	r->holds = java__reference(r->vm, lock + counts);
	r->first = java__reference(r->vm, lock + first);
	return true;
}

static uint32_t field_of(struct readers *r, uint32_t *known, uint64_t object, const char *name,
			 const char *type)
{
	if (!*known && object)
		*known = java__field(r->vm, java__class_of(r->vm, object), name, type);
	return *known;
}

/* The value of the lock's ThreadLocal in one of a thread's places for them; 0: it is of another one. */
static uint64_t local_in(struct readers *r, uint64_t entry)
{
	if (!field_of(r, &r->referent, entry, "referent", "Ljava/lang/Object;") ||
	    !field_of(r, &r->value, entry, "value", "Ljava/lang/Object;") ||
	    java__reference(r->vm, entry + r->referent) != r->holds)
		return 0;
	return java__reference(r->vm, entry + r->value);
}

static bool has_local(struct readers *r, uint64_t thread)
{
	uint64_t map, table = 0, first = 0;
	uint32_t count;

	if (!r->holds || !r->left || !field_of(r, &r->locals, thread, "threadLocals", LOCAL_MAP))
		return false;
	r->left--;
	map = java__reference(r->vm, thread + r->locals);
	if (map && field_of(r, &r->table, map, "table", "[Ljava/lang/ThreadLocal$ThreadLocalMap$Entry;"))
		table = java__reference(r->vm, map + r->table);
	count = java__array(r->vm, table, LOCALS_MOST, &first);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t entry = java__element(r->vm, first, i), value = entry ? local_in(r, entry) : 0;
		int32_t times;

		if (value)
			return field_of(r, &r->counter, value, "count", "I") &&
			       vm_memory__int(&r->vm->memory, value + r->counter, &times) && times > 0;
	}
	return false;
}

static bool holds(struct readers *r, const struct java_thread *t)
{
	if (!t->object)
		return false;
	return t->object == r->first ? r->first_count > 0 : has_local(r, t->object);
}

/* Whether the thread waits for another that waits, and so on, for this lock. */
static bool leads_to(const struct readers *r, const struct java_thread *t)
{
	for (int i = 0; t && i < CHAIN_MOST; i++) {
		uint64_t owner = t->owner;

		if (t->lock == r->lock)
			return true;
		t = NULL;
		for (size_t k = 0; owner && !t && k < r->reading->count; k++)
			if (r->reading->threads[k].address == owner)
				t = &r->reading->threads[k];
	}
	return false;
}

/* First one that waits for the lock itself, then one that waits for such, then any. */
static uint64_t find_holder(struct readers *r)
{
	const struct java_thread *list = r->reading->threads;
	size_t count = r->reading->count;

	for (size_t i = 0; i < count; i++)
		if (list[i].lock == r->lock && holds(r, &list[i]))
			return list[i].address;
	for (size_t i = 0; i < count; i++)
		if (list[i].owner && leads_to(r, &list[i]) && holds(r, &list[i]))
			return list[i].address;
	for (size_t i = 0; i < count; i++)
		if (list[i].object == r->first && holds(r, &list[i]))
			return list[i].address;
	for (size_t i = 0; i < count; i++)
		if (holds(r, &list[i]))
			return list[i].address;
	return 0;
}

void java__find_readers(struct java_vm *vm, struct java_reading *reading)
{
	struct readers r = {.vm = vm, .reading = reading, .left = THREADS_MOST};
	uint64_t looked_at[LOCKS_MOST];
	size_t locks = 0;

	for (size_t i = 0; i < reading->count && locks < LOCKS_MOST; i++) {
		const struct java_thread *t = &reading->threads[i];
		uint64_t holder;
		bool known = false;

		for (size_t k = 0; t->readers && k < locks; k++)
			known = known || looked_at[k] == t->lock;
		if (!t->readers || known)
			continue;
		looked_at[locks++] = t->lock;
		if (!look_at_lock(&r, t->lock))
			continue;
		vm->memory.blocks_left += THREADS_MOST;
		holder = find_holder(&r);
		for (size_t k = i; k < reading->count && holder; k++)
			if (reading->threads[k].lock == r.lock) {
				reading->threads[k].likely = holder;
				reading->threads[k].likely_by = LOCK_LIKELY_READS;
			}
	}
}
