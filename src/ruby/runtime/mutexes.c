// SPDX-License-Identifier: GPL-2.0-or-later
/* The Mutexes that threads wait for: Thread::Mutex, and with it Monitor. */
#include <stdlib.h>

#include "ruby/runtime/reader.h"
#include "util/heap.h"

#define TYPE_NAME "mutex" /* of mutex_data_type in thread_sync.c */

/* Of one waiter; the structures are read in turn, each for all waiters at once. */
struct waiter {
	struct ruby_thread *thread;
	uint8_t object[OBJECT_BYTES], ec[EC_BYTES];
	uint64_t fiber, name_address;
	char name[sizeof(TYPE_NAME)];
	bool valid;
};

/* Two reads of each waiter. */
struct step {
	struct memory_piece a, b;
};

static void read_step(const struct ruby *r, struct waiter *w, size_t count,
		      struct step (*step)(struct waiter *w))
{
	struct memory_piece *pieces = HEAP_NEW(struct memory_piece, 2 * count + 1);

	for (size_t i = 0; i < count; i++) {
		struct step s = w[i].valid ? step(&w[i]) : (struct step){0};

		pieces[2 * i] = s.a;
		pieces[2 * i + 1] = s.b;
	}
	ruby__read_many(r, pieces, 2 * count);
	for (size_t i = 0; i < 2 * count; i++)
		if (pieces[i].buf && !ruby__whole(&pieces[i]))
			w[i / 2].valid = false;
	free(pieces);
}

static struct step object(struct waiter *w)
{
	return (struct step){{w->thread->mutex, w->object, sizeof(w->object), 0}, {0}};
}

static struct step mutex(struct waiter *w)
{
	return (struct step){{raw_u64(w->object, DATA_POINTER) + MUTEX_FIBER, &w->fiber, sizeof(w->fiber), 0},
			     {raw_u64(w->object, DATA_TYPE), &w->name_address, sizeof(w->name_address), 0}};
}

static struct step name(struct waiter *w)
{
	return (struct step){{w->name_address, w->name, sizeof(w->name), 0}, {0}};
}

static struct step owner(struct waiter *w)
{
	if (!w->fiber)
		return (struct step){0};
	return (struct step){{w->fiber + FIBER_EC, w->ec, sizeof(w->ec), 0}, {0}};
}

static void check_objects(struct waiter *w, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if ((raw_u64(w[i].object, 0) & TYPE_MASK) != TYPE_DATA)
			w[i].valid = false;
}

static void finish(struct waiter *w)
{
	struct ruby_thread *t = w->thread;

	t->mutex = w->valid && !memcmp(w->name, TYPE_NAME, sizeof(w->name)) ? raw_u64(w->object, DATA_POINTER)
									    : 0;
	if (t->mutex && w->fiber && raw_u64(w->ec, EC_FIBER) == w->fiber)
		t->owner = raw_u64(w->ec, EC_THREAD);
}

void ruby__read_mutexes(const struct ruby *r, struct ruby_thread *threads, size_t count)
{
	struct waiter *list = HEAP_NEW(struct waiter, count + 1);
	size_t waiters = 0;

	for (size_t i = 0; i < count; i++)
		if (threads[i].mutex) /* Qfalse is 0, else a VALUE: aligned */
			list[waiters++] =
				(struct waiter){.thread = &threads[i], .valid = !(threads[i].mutex & 7)};
	if (waiters) {
		read_step(r, list, waiters, object);
		check_objects(list, waiters);
		read_step(r, list, waiters, mutex);
		read_step(r, list, waiters, name);
		read_step(r, list, waiters, owner);
	}
	for (size_t i = 0; i < waiters; i++)
		finish(&list[i]);
	free(list);
}
