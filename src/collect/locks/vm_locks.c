// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each thread of such a machine sleeps on a futex word of its own, whatever it waits for. The kernel's totals
 * are of those words: the time that was waited for a lock is counted here, of the threads that wait for it at
 * the end of an interval, and so a lower bound.
 */
#include "collect/locks/vm_locks.h"

#include <stdlib.h>
#include <string.h>

#include "util/heap.h"
#include "util/u64_table.h"

#define TOTALS_MAX 65536u

struct total {
	uint64_t wait_ns;
	uint64_t sample; /* in which it was last waited for */
};

/* A thread that waits for a lock. */
struct waiter {
	uint64_t key;
	pid_t owner;
	uint64_t since_ns; /* CLOCK_MONOTONIC */
};

struct vm_locks {
	struct u64_table totals;                /* by process and lock */
	struct u64_table waiters, last_waiters; /* struct waiter by TID: of this sample, and of the last */
	uint64_t sample, last_ns, passed_ns;
	size_t first; /* of the rows of this sample */
};

struct vm_locks *vm_locks__new(void)
{
	return HEAP_NEW(struct vm_locks, 1);
}

void vm_locks__free(struct vm_locks *l)
{
	if (!l)
		return;
	u64_table__free(&l->totals);
	u64_table__free(&l->waiters);
	u64_table__free(&l->last_waiters);
	free(l);
}

void vm_locks__begin(struct vm_locks *l, const struct sample *s)
{
	u64_table__free(&l->last_waiters);
	l->last_waiters = l->waiters;
	l->waiters = (struct u64_table){0};
	l->sample++;
	l->passed_ns = l->last_ns && s->now_ns > l->last_ns ? s->now_ns - l->last_ns : 0;
	l->last_ns = s->now_ns;
	l->first = s->lock_count;
}

/* The row of this lock; others of this sample are behind l->first, in no order. */
static struct sample_lock *row_of(struct vm_locks *l, struct sample *s, const struct sample_thread *t,
				  const struct vm_lock *from)
{
	struct sample_lock *row;

	for (size_t i = s->lock_count; i-- > l->first;)
		if (s->locks[i].pid == t->pid && s->locks[i].word == from->key)
			return &s->locks[i];
	s->locks = heap__resize(s->locks, s->lock_count + 1, sizeof(*s->locks));
	row = &s->locks[s->lock_count++];
	*row = (struct sample_lock){.pid = t->pid,
				    .address = from->address,
				    .word = from->key,
				    .kind = from->kind,
				    .symbol = from->symbol,
				    .type = from->type,
				    .native_type = from->native_type};
	return row;
}

static void add_time(struct vm_locks *l, struct sample_lock *row, const struct sample_thread *t)
{
	uint64_t waited = sample_thread__waited_ns(t);
	struct total *total;
	bool made;

	total = u64_table__get(&l->totals, sizeof(*total), row->word ^ (uint64_t)row->pid << 48, &made);
	if (!made && total->sample + 1 < l->sample)
		total->wait_ns = 0; /* its row was not in the sample before, and begins anew */
	total->sample = l->sample;
	total->wait_ns += waited < l->passed_ns ? waited : l->passed_ns;
	row->wait_ns = total->wait_ns;
}

/*
 * Some of a monitor's waiters wake from time to time to look at it, so the kernel sees short waits. An owner
 * that has not run since the last sample has not given it up: who waited for it then has waited ever since.
 */
static void add_up(struct vm_locks *l, const struct sample *s, struct sample_thread *t, uint64_t key,
		   const struct sample_thread *owner)
{
	uint64_t tid = (uint64_t)t->tid, waited = sample_thread__waited_ns(t);
	const struct waiter *last = u64_table__find(&l->last_waiters, sizeof(*last), tid);
	struct waiter *now;
	bool made;

	now = u64_table__get(&l->waiters, sizeof(*now), tid, &made);
	*now = (struct waiter){
		.key = key, .owner = owner->tid, .since_ns = s->now_ns > waited ? s->now_ns - waited : 0};
	if (!last || last->key != key || last->owner != owner->tid || last->since_ns >= now->since_ns ||
	    !owner->blocked || !l->passed_ns || owner->blocked_ns < l->passed_ns)
		return;
	now->since_ns = last->since_ns;
	t->waiting_ns = s->now_ns - last->since_ns;
	t->at_least = true;
}

void vm_locks__wait(struct vm_locks *l, struct sample *s, struct sample_thread *t, const struct vm_lock *lock,
		    const struct sample_thread *owner, const struct sample_thread *likely)
{
	struct sample_lock *row = row_of(l, s, t, lock);

	if (owner && owner != t)
		row->owner_tid = owner->tid;
	row->by_virtual = row->by_virtual || lock->by_virtual;
	row->readers = lock->readers > row->readers ? lock->readers : row->readers;
	row->held_ns = lock->held_ns;
	if (likely && !row->likely_tid) {
		row->likely_tid = likely->tid;
		row->likely = lock->likely;
	}
	t->lock_address = lock->key;
	t->kind = lock->wait;
	t->wakes_itself = lock->looks;
	/* Some of its waiters sleep again and again: for how long in all is not known. */
	t->at_least = t->at_least || t->wakes_itself;
	t->blocked_by = row->owner_tid == t->tid ? 0 : row->owner_tid;
	add_time(l, row, t);
	if (t->blocked_by)
		add_up(l, s, t, lock->key, owner);
}

static int by_word(const void *a, const void *b)
{
	const struct sample_lock *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->word < y->word ? -1 : x->word > y->word;
}

static bool is_waited(const struct sample *s, const struct sample_lock *l)
{
	for (size_t i = 0; i < s->thread_count; i++)
		if (s->threads[i].pid == l->pid && s->threads[i].lock_address == l->word)
			return true;
	return false;
}

static void drop_unwaited(struct sample *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->lock_count; i++)
		if (is_waited(s, &s->locks[i]))
			s->locks[kept++] = s->locks[i];
	s->lock_count = kept;
}

/* Few programs wait for as many locks: what was counted then begins anew. */
static void bound_totals(struct vm_locks *l)
{
	if (l->totals.count > TOTALS_MAX)
		u64_table__free(&l->totals);
}

void vm_locks__end(struct vm_locks *l, struct sample *s, bool waited_only)
{
	if (s->lock_count > l->first) {
		if (waited_only)
			drop_unwaited(s);
		qsort(s->locks, s->lock_count, sizeof(*s->locks), by_word);
	}
	bound_totals(l);
}
