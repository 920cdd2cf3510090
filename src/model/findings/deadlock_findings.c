// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/deadlock_findings.h"

#include "words/describe.h"

#define SHOWN_THREADS 16 /* of a circle; all of them are in the finding's list */

/* What a likely deadlock rests on: " (push, on the stack of worker (12), will unlock mutex 0x7f01; ...)". */
static const char *grounds(struct findings *f, const struct naming *n, const struct deadlock *d)
{
	char thread[DESCRIBE_NAME], why[DESCRIBE_HOLDER], name[DESCRIBE_NAME], function[DESCRIBE_NAME];
	const char *text = "";

	for (size_t i = 0; i < d->count && i < SHOWN_THREADS; i++) {
		const struct lock_row *l = naming__lock(n, d->locks[i]);

		if (!l || !*describe_likely(why, sizeof(why), l))
			continue;
		if (d->count == 1)
			return arena__format(f->arena, " (%s)", why);
		describe_function(function, sizeof(function), l->likely_in);
		text = arena__format(f->arena, "%s%s%s, on the stack of %s, will unlock %s", text,
				     *text ? "; " : "", function,
				     describe_tid(thread, sizeof(thread), n, l->likely_tid),
				     describe_lock_short(name, sizeof(name), l));
	}
	return *text ? arena__format(f->arena, " (%s)", text) : "";
}

static void deadlock(struct findings *f, const struct naming *n, const struct deadlock *d)
{
	const struct thread_row *first = naming__thread(n, d->tids[0]);
	char thread[DESCRIBE_NAME], lock[DESCRIBE_NAME];
	const char *text = "", *likely = d->likely ? "likely " : "";

	for (size_t i = 0; i < d->count && i < SHOWN_THREADS; i++)
		text = arena__format(f->arena, "%s%s%s waits for %s", text, i ? ", " : "",
				     describe_tid(thread, sizeof(thread), n, d->tids[i]),
				     describe_lock_short(lock, sizeof(lock), naming__lock(n, d->locks[i])));
	if (d->count > SHOWN_THREADS)
		text = arena__format(f->arena, "%s, and so on over %zu more", text, d->count - SHOWN_THREADS);
	if (d->count == 1)
		text = arena__format(f->arena, "%sdeadlock of one thread: %s, which it %s holds%s", likely,
				     text, d->likely ? "likely" : "already", grounds(f, n, d));
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
