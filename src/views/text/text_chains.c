/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deadlocks and locks of a snapshot, each with its chain of owners. */

#include "words/describe.h"
#include "views/text/text_parts.h"

#define SHOWN_LOCKS  20
#define SHOWN_OWNERS 8

static void deadlock(FILE *out, const struct naming *n, const struct deadlock *d)
{
	text_line(out, "%s of %zu thread%s:", d->likely ? "LIKELY DEADLOCK" : "DEADLOCK", d->count,
		  d->count == 1 ? "" : "s");
	for (size_t i = 0; i < d->count; i++) {
		const struct lock_row *lock = naming__lock(n, d->locks[i]);
		char waiter[DESCRIBE_NAME], owner[DESCRIBE_NAME], name[DESCRIBE_WAIT] = "a lock";
		bool likely;

		if (lock)
			describe_lock_long(name, sizeof(name), lock);
		describe_tid(owner, sizeof(owner), n, d->tids[(i + 1) % d->count]);
		likely = lock && lock->owner_tid <= 0 && lock->likely_tid > 0;
		text_line(out, "  %s waits for %s, %sheld by %s",
			  describe_tid(waiter, sizeof(waiter), n, d->tids[i]), name, likely ? "likely " : "",
			  owner);
	}
}

/* " -> log-writer (812) -> fsync(/var/log/app.log), 2.3 s", and on from owner to owner. */
static void owners(FILE *out, const struct naming *n, pid_t owner, bool join, bool likely)
{
	char text[DESCRIBE_HALT], name[DESCRIBE_NAME], time[DESCRIBE_AGE], links[DESCRIBE_CHAIN];
	pid_t seen[SHOWN_OWNERS];
	bool guessed = likely;

	for (size_t depth = 0; owner > 0; depth++) {
		const struct thread_row *t = naming__thread(n, owner), *next;

		text_part(out, " -> %s%s%s", likely ? "likely " : "", join ? "end of " : "",
			  describe_tid(name, sizeof(name), n, owner));
		for (size_t i = 0; i < depth; i++) {
			if (seen[i] == owner) {
				text_part(out, " again: a %sdeadlock", guessed ? "likely " : "");
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
		next = naming__waited_for(n, t, &likely);
		guessed = guessed || likely;
		owner = next ? next->tid : t->wait.blocked_by;
		join = owner > 0 && t->wait.kind == WAIT_JOIN;
		if (!join)
			text_part(out, " -> %s", describe_wait_short(text, sizeof(text), n, &t->wait));
		if (owner <= 0)
			text_part(out, ", %s%s", describe_age(time, sizeof(time), &t->wait),
				  describe_links(links, sizeof(links), &t->wait));
	}
}

static void lock_line(FILE *out, const struct naming *n, const struct lock_row *lock)
{
	bool join = lock->owner_tid > 0 && lock->kind == LOCK_JOIN, likely;
	const struct thread_row *one = lock->waiters ? naming__thread(n, lock->waiters[0]) : NULL;
	pid_t holder;
	char text[DESCRIBE_WAIT], links[DESCRIBE_CHAIN];

	if (lock->waiter_count == 1 && lock->waiters)
		text_part(out, "  %s", describe_tid(text, sizeof(text), n, lock->waiters[0]));
	else
		text_part(out, "  %zu %s", lock->waiter_count,
			  lock->waiter_count == 1 ? "thread" : "threads");
	if (!join)
		text_part(out, " -> %s", describe_lock_long(text, sizeof(text), lock));
	holder = naming__holder(lock, &likely);
	if (holder > 0)
		owners(out, n, holder, join, likely);
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
