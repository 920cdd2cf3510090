/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot's deadlocks and locks: who waits for whom, to the end of the chain. */
#include <stdlib.h>

#include "model/describe.h"
#include "model/wait.h"
#include "views/text_parts.h"

#define SHOWN_LOCKS 20

static void deadlock(FILE *out, const struct naming *n, const struct deadlock *d)
{
	text_line(out, "DEADLOCK of %zu threads:", d->count);
	for (size_t i = 0; i < d->count; i++) {
		const struct lock_row *lock = naming__lock(n, d->locks[i]);
		char waiter[DESCRIBE_NAME], owner[DESCRIBE_NAME], name[DESCRIBE_WAIT] = "a lock";

		if (lock)
			describe_lock_long(name, sizeof(name), lock);
		describe_tid(owner, sizeof(owner), n, d->tids[(i + 1) % d->count]);
		text_line(out, "  %s waits for %s, held by %s",
			  describe_tid(waiter, sizeof(waiter), n, d->tids[i]), name, owner);
	}
}

static void lock_line(FILE *out, const struct naming *n, const struct lock_row *lock)
{
	char name[DESCRIBE_WAIT], owner[DESCRIBE_NAME + 24], chain[DESCRIBE_CHAIN];

	text_part(out, "%zu %s for %s", lock->waiter_count,
		  lock->waiter_count == 1 ? "thread waits" : "threads wait",
		  describe_lock_long(name, sizeof(name), lock));
	if (lock->owner_tid > 0) {
		text_part(out, ", %s", describe_owner(owner, sizeof(owner), n, lock->kind, lock->owner_tid));
		text_part(out, "%s", describe_chain(chain, sizeof(chain), n, lock->owner_tid));
	}
	text_line(out, "%s", "");
}

/* Somebody holds it. Idle workers wait on condition variables and the like, which nobody does. */
static bool held(const struct lock_row *lock)
{
	return lock->owner_tid > 0 || wait__exclusive(lock->kind);
}

static int by_waiters(const void *a, const void *b)
{
	const struct lock_row *x = *(const struct lock_row *const *)a;
	const struct lock_row *y = *(const struct lock_row *const *)b;

	if (x->waiter_count != y->waiter_count)
		return x->waiter_count > y->waiter_count ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* Those with most waiters first; --all: all that are waited for. */
static void locks(const struct view_options *o, FILE *out, const struct snapshot_report *r,
		  const struct naming *n)
{
	const struct lock_row **list = calloc(r->lock_count + 1, sizeof(*list));
	size_t max = o->all ? SIZE_MAX : SHOWN_LOCKS, count = 0;

	for (size_t i = 0; list && i < r->lock_count; i++)
		if (r->locks[i].waiter_count && (o->all || held(&r->locks[i])))
			list[count++] = &r->locks[i];
	if (count) {
		qsort(list, count, sizeof(*list), by_waiters);
		text_line(out, "%s", "");
	}
	for (size_t i = 0; i < count && i < max; i++)
		lock_line(out, n, list[i]);
	text_more(out, max, count, "locks");
	free(list);
}

void text_chains(const struct view_options *o, FILE *out, const struct snapshot_report *r,
		 const struct naming *n)
{
	for (size_t i = 0; i < r->deadlock_count; i++) {
		text_line(out, "%s", "");
		deadlock(out, n, &r->deadlocks[i]);
	}
	locks(o, out, r, n);
}
