/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deadlocks and locks of a snapshot, each with its chain of owners. */

#include "words/describe.h"
#include "views/text/text_parts.h"

#define SHOWN_LOCKS  20
#define SHOWN_OWNERS 8

/* ", held by worker (812)": owner is the next one of the circle. */
static const char *held_by(char *dst, size_t size, const struct naming *n, const struct lock_row *lock,
			   pid_t owner)
{
	char name[DESCRIBE_NAME];
	const char *how = "held by";

	if (lock && lock->owner_tid > 0)
		return describe_owner(dst, size, n, lock->kind, owner);
	if (lock && lock->likely == LOCK_LIKELY_READS)
		how = "held for reading by";
	else if (lock && lock->likely == LOCK_LIKELY_POOL)
		how = "queued for";
	else if (lock && lock->likely_tid > 0)
		how = "likely held by";
	snprintf(dst, size, "%s %s", how, describe_tid(name, sizeof(name), n, owner));
	return dst;
}

static void deadlock(FILE *out, const struct naming *n, const struct deadlock *d)
{
	text_line(out, "%s of %zu thread%s:", d->likely ? "LIKELY DEADLOCK" : "DEADLOCK", d->count,
		  d->count == 1 ? "" : "s");
	for (size_t i = 0; i < d->count; i++) {
		const struct lock_row *lock = naming__lock(n, d->locks[i]);
		char waiter[DESCRIBE_NAME], owner[DESCRIBE_NAME + 24], name[DESCRIBE_WAIT] = "a lock";

		if (lock)
			describe_lock_long(name, sizeof(name), lock);
		text_line(out, "  %s waits for %s, %s", describe_tid(waiter, sizeof(waiter), n, d->tids[i]),
			  name, held_by(owner, sizeof(owner), n, lock, d->tids[(i + 1) % d->count]));
	}
}

static bool is_join(const struct lock_row *lock)
{
	return lock && lock->kind == LOCK_JOIN;
}

/* " -> log-writer (812) -> fsync(/var/log/app.log), 2.3 s", and on from owner to owner. lock: the one that
 * the first of them has. */
static void owners(FILE *out, const struct naming *n, pid_t owner, const struct lock_row *lock)
{
	char text[DESCRIBE_HALT], name[DESCRIBE_NAME], time[DESCRIBE_AGE], links[DESCRIBE_CHAIN];
	pid_t seen[SHOWN_OWNERS];

	for (size_t depth = 0; owner > 0; depth++) {
		const struct thread_row *t = naming__thread(n, owner), *next;

		text_part(out, " -> %s%s%s", lock && lock_row__guessed(lock) ? "likely " : "",
			  is_join(lock) ? "end of " : "", describe_tid(name, sizeof(name), n, owner));
		for (size_t i = 0; t && i < depth; i++) {
			if (seen[i] == owner) {
				text_part(out, " again: a %s", naming__circle(n, t));
				return;
			}
		}
		if (depth == SHOWN_OWNERS) {
			text_part(out, " -> ...");
			return;
		}
		seen[depth] = owner;
		if (!t || !t->blocked) {
			if (t)
				text_part(out, ", %s", describe_running(text, sizeof(text), t));
			return;
		}
		next = naming__waited_for(n, t, NULL);
		owner = next ? next->tid : t->wait.blocked_by;
		lock = naming__lock(n, t->wait.lock);
		if (owner <= 0 || !is_join(lock))
			text_part(out, " -> %s", describe_wait_short(text, sizeof(text), n, &t->wait));
		if (owner <= 0)
			text_part(out, ", %s%s", describe_age(time, sizeof(time), &t->wait),
				  describe_links(links, sizeof(links), &t->wait));
	}
}

static void lock_line(FILE *out, const struct naming *n, const struct lock_row *lock)
{
	const struct thread_row *one = lock->waiters ? naming__thread(n, lock->waiters[0]) : NULL;
	pid_t holder;
	char text[DESCRIBE_WAIT], links[DESCRIBE_CHAIN];

	if (lock->waiter_count == 1 && lock->waiters)
		text_part(out, "  %s", describe_tid(text, sizeof(text), n, lock->waiters[0]));
	else
		text_part(out, "  %zu %s", lock->waiter_count,
			  lock->waiter_count == 1 ? "thread" : "threads");
	holder = naming__holder(lock, NULL);
	if (holder <= 0 || !is_join(lock))
		text_part(out, " -> %s", describe_lock_long(text, sizeof(text), lock));
	if (holder > 0)
		owners(out, n, holder, lock);
	else if (one && one->blocked)
		text_part(out, "%s", describe_links(links, sizeof(links), &one->wait));
	text_line(out, "%s", "");
}

/* In the order of their rank; idle workers wait on condition variables and the like, which nobody holds.
 * --all: those too. */
static void locks(const struct view_options *o, FILE *out, const struct snapshot_report *r,
		  const struct naming *n)
{
	size_t max = o->all ? SIZE_MAX : SHOWN_LOCKS, count = 0;

	for (size_t i = 0; i < r->ranked_locks; i++) {
		const struct lock_row *l = &r->locks[r->lock_rank[i]];

		if (!l->held && !o->all)
			continue;
		if (!count) {
			text_line(out, "%s", "");
			text_line(out, "who waits for whom:");
		}
		if (count++ < max)
			lock_line(out, n, l);
	}
	text_more(out, max, count, "lock", "locks");
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
