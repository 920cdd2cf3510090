/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/snapshot/thread_motion.h"

#include <stdlib.h>
#include <string.h>

#include "util/heap.h"
#include "util/table.h"

/* Where a thread was at the last snapshot. */
struct known {
	pid_t tid;
	uint64_t snapshot; /* its number */
	uint64_t cpu_ns;
	bool blocked;
	enum wait_kind kind;
	uint64_t stack;                  /* a hash of it; 0: not known */
	int64_t same_stack, did_not_run; /* snapshots in a row before it with the same value */
	uint64_t from_age_ns;            /* its age when it was last found waiting, or first found */
	uint64_t from_busy_ns;           /* its time on a CPU or a run queue until then */
	UT_hash_handle hh;
};

struct motion {
	struct known *threads; /* by TID */
	uint64_t snapshots;
	uint64_t last_ns;
};

struct motion *motion__new(void)
{
	return HEAP_NEW(struct motion, 1);
}

static void forget(struct motion *m, struct known *k)
{
	HASH_DEL(m->threads, k);
	free(k);
}

void motion__free(struct motion *m)
{
	struct known *k, *next;

	if (!m)
		return;
	HASH_ITER(hh, m->threads, k, next)
	{
		/* cppcheck-suppress uninitvar ; it does not see through HASH_ITER */
		forget(m, k);
	}
	free(m);
}

/* FNV-1a */
static uint64_t mix(uint64_t hash, uint64_t value)
{
	for (unsigned shift = 0; shift < 64; shift += 8) {
		hash ^= value >> shift & 0xff;
		hash *= 0x100000001b3;
	}
	return hash;
}

/* Over the addresses, and the lines of an interpreter's frames. 0: no stack, or an incomplete one. */
static uint64_t hash_stack(const struct call_stack *s)
{
	uint64_t hash = 0xcbf29ce484222325;

	if (!s->count || !s->end || s->end != STACK_COMPLETE)
		return 0;
	for (size_t i = 0; i < s->count; i++) {
		hash = mix(hash, s->frames[i].address);
		if (s->frames[i].language)
			hash = mix(hash, (uint64_t)s->frames[i].line);
	}
	return hash ? hash : 1;
}

/* The motion of a known thread. A thread that has not run has not moved, even if its stack was not read. */
static void compare(struct thread_row *t, const struct known *before, uint64_t stack)
{
	bool ran = !t->blocked || !before->blocked || t->cpu_ns != before->cpu_ns;
	bool same = stack == before->stack && t->blocked == before->blocked && t->wait.kind == before->kind;

	t->did_not_run = ran ? 0 : before->did_not_run + 1;
	if (ran && (!stack || !before->stack))
		t->same_stack = -1;
	else
		t->same_stack = !ran || same ? before->same_stack + 1 : 0;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/*
 * The time waited is the time that passed without that on a CPU and on a run queue, which the kernel
 * counts: it is exact, however often the thread ran. Where a thread is found running, its waits since it was
 * last found waiting have no stack; they go on until the next snapshot that finds it waiting.
 *
 * The time that passed is the growth of its age, not the time between the snapshots: a thread that moves
 * while it is looked at is read again, on a busy machine much later, and its age is of the same moment as its
 * counts.
 */
static void add_waits(struct thread_row *t, struct known *k, bool fresh, uint64_t since_ns)
{
	uint64_t busy_ns = t->cpu_ns + t->runnable_ns;

	if (fresh) {
		bool born = t->age_ns < since_ns;

		k->from_age_ns = born ? 0 : t->age_ns;
		k->from_busy_ns = born ? 0 : busy_ns;
	}
	t->waited_ns = less(less(t->age_ns, k->from_age_ns), less(busy_ns, k->from_busy_ns));
	if (t->blocked) {
		k->from_age_ns = t->age_ns;
		k->from_busy_ns = busy_ns;
	}
}

static void mark(struct motion *m, struct thread_row *t, uint64_t since_ns)
{
	uint64_t stack = hash_stack(&t->stack);
	struct known *k;
	bool fresh; /* not known, or a younger one, with the TID of one before it */

	HASH_FIND_INT(m->threads, &t->tid, k);
	t->same_stack = t->did_not_run = m->snapshots > 1 ? 0 : -1;
	fresh = !k || t->age_ns < since_ns;
	if (!fresh)
		compare(t, k, stack);
	if (!k) {
		k = HEAP_NEW(struct known, 1);
		k->tid = t->tid;
		HASH_ADD_INT(m->threads, tid, k);
	}
	add_waits(t, k, fresh, since_ns);
	k->snapshot = m->snapshots;
	k->cpu_ns = t->cpu_ns;
	k->blocked = t->blocked;
	k->kind = t->wait.kind;
	k->stack = stack;
	k->same_stack = t->same_stack > 0 ? t->same_stack : 0;
	k->did_not_run = t->did_not_run > 0 ? t->did_not_run : 0;
}

void motion__mark(struct motion *m, struct thread_row *threads, size_t count, uint64_t now_ns)
{
	uint64_t since_ns = m->snapshots ? now_ns - m->last_ns : 0;
	struct known *k, *next;

	m->snapshots++;
	m->last_ns = now_ns;
	for (size_t i = 0; i < count; i++)
		mark(m, &threads[i], since_ns);
	HASH_ITER(hh, m->threads, k, next)
	{
		/* cppcheck-suppress uninitvar */
		if (k->snapshot != m->snapshots)
			forget(m, k);
	}
}
