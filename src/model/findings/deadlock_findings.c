// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/deadlock_findings.h"

#include "words/describe.h"

#define SHOWN_THREADS 16 /* of a circle; all of them are in the finding's list */

static const char * and (struct findings * f, const char *text, const char *more)
{
	return *text ? arena__format(f->arena, "%s; %s", text, more) : more;
}

/* Of a lock whose holder a function on its stack shows: "push, on the stack of worker (12), will unlock mutex
 * 0x7f01"; "" if it is not. */
static const char *by_frames(struct findings *f, const struct naming *n, const struct deadlock *d,
			     const struct lock_row *l)
{
	char thread[DESCRIBE_NAME], why[DESCRIBE_HOLDER], name[DESCRIBE_NAME], function[DESCRIBE_NAME];

	if (!*describe_likely(why, sizeof(why), l))
		return "";
	if (d->count == 1)
		return arena__string(f->arena, why);
	describe_function(function, sizeof(function), l->likely_in);
	return arena__format(f->arena, "%s, on the stack of %s, %s %s", function,
			     describe_tid(thread, sizeof(thread), n, l->likely_tid),
			     l->likely == LOCK_LIKELY_TAKEN ? "has taken" : "will unlock",
			     describe_lock_short(name, sizeof(name), l));
}

/* What a likely deadlock rests on, in brackets; "": nothing. */
static const char *grounds(struct findings *f, const struct naming *n, const struct deadlock *d)
{
	const char *text = "", *frames;
	bool joins = false, tasks = false, reads = false, pool = false;

	for (size_t i = 0; i < d->count && i < SHOWN_THREADS; i++) {
		const struct lock_row *l = naming__lock(n, d->locks[i]);

		if (!l)
			continue;
		frames = by_frames(f, n, d, l);
		if (*frames)
			text = and(f, text, frames);
		if (l->owner_tid > 0) {
			joins = joins || (l->kind == LOCK_JOIN && lock_row__may_end(l));
			tasks = tasks || l->kind == LOCK_TASK;
		} else {
			reads = reads || l->likely == LOCK_LIKELY_READS;
			pool = pool || l->likely == LOCK_LIKELY_POOL;
		}
	}
	if (reads)
		text = and(f, text, "by its own count of read holds");
	if (pool)
		text = and(f, text, "no other thread of the pool runs what is queued there");
	if (joins)
		text = and(f, text, "only an interrupt would end the join before");
	if (tasks)
		text = and(f, text, "only an interrupt or cancel would end the wait for the task before");
	return *text ? arena__format(f->arena, " (%s)", text) : "";
}

/* "worker (12) waits for mutex 0x7f01", "main (10) waits for the end of worker (12)" */
static const char *waits_for(struct findings *f, const struct naming *n, const struct deadlock *d, size_t i)
{
	const struct lock_row *l = naming__lock(n, d->locks[i]);
	char thread[DESCRIBE_NAME], lock[DESCRIBE_NAME] = "a lock", owner[DESCRIBE_NAME];
	const char *how = "";

	describe_tid(thread, sizeof(thread), n, d->tids[i]);
	describe_tid(owner, sizeof(owner), n, d->tids[(i + 1) % d->count]);
	if (l && l->kind == LOCK_JOIN)
		return arena__format(f->arena, "%s waits for the end of %s", thread, owner);
	if (l)
		describe_lock_short(lock, sizeof(lock), l);
	if (l && l->kind == LOCK_TASK && l->owner_tid > 0)
		return arena__format(f->arena, "%s waits for %s, run by %s", thread, lock, owner);
	if (l && l->owner_tid <= 0 && l->likely == LOCK_LIKELY_POOL)
		how = d->count == 1 ? "" : ", queued in its own pool";
	else if (l && l->owner_tid <= 0 && l->likely == LOCK_LIKELY_READS)
		how = d->count == 1 ? ", to write" : ", held for reading";
	return arena__format(f->arena, "%s waits for %s%s", thread, lock, how);
}

/* Of a thread that waits for itself. */
static const char *which(const struct naming *n, const struct deadlock *d)
{
	const struct lock_row *l = naming__lock(n, d->locks[0]);

	if (!d->likely || !l)
		return "which it already holds";
	if (l->likely == LOCK_LIKELY_READS)
		return "which it holds for reading";
	return l->likely == LOCK_LIKELY_POOL ? "queued in its own pool" : "which it likely holds";
}

static void deadlock(struct findings *f, const struct naming *n, const struct deadlock *d)
{
	const struct thread_row *first = naming__thread(n, d->tids[0]);
	const char *text = "", *likely = d->likely ? "likely " : "";

	for (size_t i = 0; i < d->count && i < SHOWN_THREADS; i++)
		text = arena__format(f->arena, "%s%s%s", text, i ? ", " : "", waits_for(f, n, d, i));
	if (d->count > SHOWN_THREADS)
		text = arena__format(f->arena, "%s, and so on over %zu more", text, d->count - SHOWN_THREADS);
	if (d->count == 1)
		text = arena__format(f->arena, "%sdeadlock of one thread: %s, %s%s", likely, text,
				     which(n, d), grounds(f, n, d));
	else
		text = arena__format(f->arena, "%sdeadlock of %zu threads: %s, in a circle%s", likely,
				     d->count, text, grounds(f, n, d));
	if (d->behind)
		text = arena__format(f->arena, "%s; %zu more %s behind", text, d->behind,
				     d->behind == 1 ? "thread waits" : "threads wait");
	findings__add(f, &(struct finding){.kind = FINDING_DEADLOCK,
					   .severity = d->likely ? SEVERITY_WARNING : SEVERITY_USUAL,
					   .summary = text,
					   .pid = first ? first->pid : 0,
					   .tids = d->tids,
					   .tid_count = d->count});
}

void findings__deadlocks(struct findings *f, const struct naming *n, const struct deadlocks *found)
{
	for (size_t i = 0; i < found->count; i++)
		deadlock(f, n, &found->list[i]);
}
