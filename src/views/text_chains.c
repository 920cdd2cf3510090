/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot's deadlocks and locks: who waits for whom, to the end of the chain. */
#include "util/duration.h"
#include "model/describe.h"
#include "views/text_parts.h"

#define SHOWN_LOCKS 20
#define CHAIN_DEPTH 8

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

/* ", which has been in fsync(/var/log/app.log) for 2.3 s", or ", which waits for b, held by ...", and on. */
static void chain(FILE *out, const struct naming *n, pid_t owner)
{
	char text[DESCRIBE_WAIT], name[DESCRIBE_NAME], duration[DURATION_TEXT];
	pid_t seen[CHAIN_DEPTH] = {0};

	for (unsigned depth = 0; depth < CHAIN_DEPTH; depth++) {
		const struct thread_row *thread = naming__thread(n, owner);
		const struct lock_row *lock;

		for (unsigned i = 0; i < depth; i++) {
			if (seen[i] == owner) {
				text_part(out, " again: a deadlock");
				return;
			}
		}
		seen[depth] = owner;

		if (!thread)
			return;
		if (!thread->blocked) {
			text_part(out, ", which is %s", thread->state == 'Z' ? "dead" : "running");
			return;
		}
		duration_format(duration, sizeof(duration), thread->wait.duration_ns);
		lock = naming__lock(n, thread->wait.lock);
		if (!lock) {
			text_part(out, ", which has been %s%s for %s",
				  thread->wait.kind == WAIT_STOPPED ? "" : "in ",
				  describe_wait_short(text, sizeof(text), n, &thread->wait), duration);
			return;
		}
		owner = thread->wait.blocked_by;
		text_part(out, ", which has waited %s for %s", duration,
			  describe_lock_short(text, sizeof(text), lock));
		if (owner <= 0)
			return;
		text_part(out, ", held by %s", describe_tid(name, sizeof(name), n, owner));
	}
	text_part(out, ", and so on");
}

static void lock_line(FILE *out, const struct naming *n, const struct lock_row *lock)
{
	char name[DESCRIBE_WAIT], owner[DESCRIBE_NAME + 24];

	text_part(out, "%zu %s for %s", lock->waiter_count,
		  lock->waiter_count == 1 ? "thread waits" : "threads wait",
		  describe_lock_long(name, sizeof(name), lock));
	if (lock->owner_tid > 0) {
		text_part(out, ", %s", describe_owner(owner, sizeof(owner), n, lock->kind, lock->owner_tid));
		chain(out, n, lock->owner_tid);
	}
	text_line(out, "%s", "");
}

static void locks(const struct view_options *o, FILE *out, const struct snapshot_report *r,
		  const struct naming *n)
{
	size_t max = o->all ? SIZE_MAX : SHOWN_LOCKS, used = 0;

	for (size_t i = 0; i < r->lock_count; i++) {
		if (!r->locks[i].waiter_count)
			continue;
		if (!used)
			text_line(out, "%s", "");
		if (used++ < max)
			lock_line(out, n, &r->locks[i]);
	}
	text_more(out, max, used, "locks");
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
