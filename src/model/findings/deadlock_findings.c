// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/deadlock_findings.h"

#include "words/describe.h"

static void deadlock(struct findings *f, const struct naming *n, const struct deadlock *d)
{
	const struct thread_row *first = naming__thread(n, d->tids[0]);
	char thread[DESCRIBE_NAME], lock[DESCRIBE_NAME];
	const char *text = "";

	for (size_t i = 0; i < d->count; i++)
		text = arena__format(f->arena, "%s%s%s waits for %s", text, i ? ", " : "",
				     describe_tid(thread, sizeof(thread), n, d->tids[i]),
				     describe_lock_short(lock, sizeof(lock), naming__lock(n, d->locks[i])));
	if (d->count == 1)
		text = arena__format(f->arena, "deadlock of one thread: %s, which it already holds", text);
	else
		text = arena__format(f->arena, "deadlock of %zu threads: %s, in a circle", d->count, text);
	if (d->behind)
		text = arena__format(f->arena, "%s; %zu more %s behind", text, d->behind,
				     d->behind == 1 ? "thread waits" : "threads wait");
	findings__add(f, &(struct finding){.kind = FINDING_DEADLOCK,
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
