// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding lock-convoy: several threads that wait for one lock. Without those in or behind a deadlock. */
#include <stdlib.h>
#include <string.h>

#include "model/findings/hangs.h"
#include "thresholds.h"
#include "waits/wait.h"
#include "words/describe.h"

/* NULL: none. */
static const struct thread_row *longest_waiter(const struct hangs *h, const struct lock_row *l)
{
	const struct thread_row *longest = NULL;

	for (size_t i = 0; i < l->waiter_count; i++) {
		const struct thread_row *row = naming__thread(h->n, l->waiters[i]);

		if (row && (!longest || row->wait.duration_ns > longest->wait.duration_ns))
			longest = row;
	}
	return longest;
}

static bool is_convoy(const struct hangs *h, const struct lock_row *l)
{
	const struct thread_row *longest;

	if (l->waiter_count < 2 || !l->waiters || !l->address || !naming__exclusive(l))
		return false;
	longest = longest_waiter(h, l);
	if (!longest || longest->wait.duration_ns < NS_OF_MS(LOCK_CONVOY_MS) ||
	    hangs__weight(h, longest, naming__holder(l, NULL), longest->wait.duration_ns) == HANG_NORMAL)
		return false;
	for (size_t i = 0; i < l->waiter_count; i++)
		if (hangs__reported(h, l->waiters[i]))
			return false; /* part of a deadlock */
	return true;
}

/* By process, most waiters first. */
static int by_waiters(const void *a, const void *b)
{
	const struct lock_row *x = *(const struct lock_row *const *)a;
	const struct lock_row *y = *(const struct lock_row *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->waiter_count != y->waiter_count)
		return x->waiter_count > y->waiter_count ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

static void report_lock(struct hangs *h, const struct lock_row *l)
{
	pid_t *tids = ARENA_NEW(h->f->arena, pid_t, l->waiter_count + 1);
	const struct thread_row *longest = longest_waiter(h, l);
	size_t count = l->waiter_count;
	bool quiet =
		longest->wait.duration_ns < NS_OF_S(LOCK_CONVOY_WARNING_S) ||
		(l->as_lock && hangs__semaphore_is_quiet(h, longest, l, longest->wait.duration_ns)) ||
		hangs__weight(h, longest, naming__holder(l, NULL), longest->wait.duration_ns) != HANG_SERIOUS;

	memcpy(tids, l->waiters, count * sizeof(*tids));
	if (naming__holder(l, NULL) > 0)
		tids[count++] = naming__holder(l, NULL);
	hangs__report(h, FINDING_LOCK_CONVOY, quiet,
		      findings__queue_text(h->f->arena, h->n, l, l->waiter_count, &longest->wait), tids,
		      count);
	h->f->list[h->f->count - 1].lock = l->address;
}

static void report_more(struct hangs *h, const struct lock_row *const *list, size_t count)
{
	pid_t *tids = ARENA_NEW(h->f->arena, pid_t, h->n->thread_count + 1);
	size_t threads = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < list[i]->waiter_count; k++)
			tids[threads++] = list[i]->waiters[k];
	hangs__report(h, FINDING_LOCK_CONVOY, true,
		      arena__format(h->f->arena, "%zu more threads wait for %zu more locks", threads, count),
		      tids, threads);
}

/* The convoys of one process. */
static void report_process(struct hangs *h, const struct lock_row *const *list, size_t count)
{
	for (size_t i = 0; i < count && i < FINDINGS_OF_A_KIND; i++)
		report_lock(h, list[i]);
	if (count > FINDINGS_OF_A_KIND)
		report_more(h, list + FINDINGS_OF_A_KIND, count - FINDINGS_OF_A_KIND);
}

void hangs__convoys(struct hangs *h)
{
	const struct lock_row **list = ARENA_NEW(h->f->arena, const struct lock_row *, h->n->lock_count + 1);
	size_t count = 0, first = 0;

	for (size_t i = 0; i < h->n->lock_count; i++)
		if (is_convoy(h, &h->n->locks[i]))
			list[count++] = &h->n->locks[i];
	if (count)
		qsort(list, count, sizeof(*list), by_waiters);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && list[i]->pid == list[first]->pid)
			continue;
		report_process(h, list + first, i - first);
		first = i;
	}
}
