// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/long_waits.h"

#include <stdlib.h>

#include "model/rows/order.h"
#include "thresholds.h"
#include "util/duration.h"
#include "waits/wait.h"
#include "words/describe.h"

#define NAMED_WAITS 3

/* A non-idle wait, not a worker that waits for work. */
static bool worth_saying(const struct thread_row *t)
{
	return t->blocked && t->wait.duration_ns >= NS_OF_S(LONG_WAIT_S) && wait__holds_up(t->wait.kind);
}

static const char *one_wait(struct arena *a, const struct naming *n, const struct thread_row *t)
{
	char thread[DESCRIBE_NAME], wait[DESCRIBE_WAIT], time[DURATION_TEXT];

	return arena__format(a, "%s %s in %s", describe_tid(thread, sizeof(thread), n, t->tid),
			     duration_format(time, sizeof(time), t->wait.duration_ns),
			     describe_wait(wait, sizeof(wait), n, &t->wait));
}

static void add_long_wait(struct findings *f, pid_t pid, const char *summary, pid_t *tids, size_t count)
{
	findings__add(f, &(struct finding){.kind = FINDING_LONG_WAIT,
					   .summary = summary,
					   .pid = pid,
					   .tids = tids,
					   .tid_count = count});
}

static void behind_one_lock(struct findings *f, const struct naming *n, const struct thread_row **list,
			    size_t count)
{
	const struct lock_row *l = naming__lock(n, list[0]->wait.lock);
	pid_t *tids = ARENA_NEW(f->arena, pid_t, count);

	for (size_t i = 0; i < count; i++)
		tids[i] = list[i]->tid;
	add_long_wait(f, list[0]->pid, findings__queue_text(f->arena, n, l, count, list[0]->wait.duration_ns),
		      tids, count);
}

/* Reports the waiters of the lock of list[at] and removes them from the list, if there are at least two. */
static size_t tell_lock(struct findings *f, const struct naming *n, const struct thread_row **list,
			size_t count, size_t at)
{
	const struct lock_row *l = naming__lock(n, list[at]->wait.lock);
	const struct thread_row **same;
	size_t taken = 0, kept = 0;

	if (!l || !l->address || l->waiter_count < 2 || !wait__exclusive(l->kind))
		return count;
	same = ARENA_NEW(f->arena, const struct thread_row *, count);
	for (size_t i = at; i < count; i++)
		if (naming__lock(n, list[i]->wait.lock) == l)
			same[taken++] = list[i];
	if (taken < 2)
		return count;
	behind_one_lock(f, n, same, taken);
	for (size_t i = 0; i < count; i++)
		if (naming__lock(n, list[i]->wait.lock) != l)
			list[kept++] = list[i];
	return kept;
}

/* The long waits of one process, the longest first. */
static void long_waits_of(struct findings *f, const struct naming *n, const struct thread_row **list,
			  size_t count)
{
	pid_t *tids = ARENA_NEW(f->arena, pid_t, count), pid = list[0]->pid;
	const char *text = "";
	size_t kept;

	for (size_t at = 0, told = 0; at < count && told < LONG_WAIT_LOCKS;) {
		kept = tell_lock(f, n, list, count, at);
		if (kept == count)
			at++;
		else
			told++;
		count = kept;
	}
	for (size_t i = 0; i < count; i++)
		tids[i] = list[i]->tid;
	for (size_t i = 0; i < count && i < NAMED_WAITS; i++)
		text = arena__format(f->arena, "%s%s%s", text, i ? "; " : "", one_wait(f->arena, n, list[i]));
	if (count > NAMED_WAITS)
		text = arena__format(f->arena, "%s; %zu more for over %d s", text, count - NAMED_WAITS,
				     LONG_WAIT_S);
	if (count)
		add_long_wait(f, pid, arena__format(f->arena, "longest blocked: %s", text), tids, count);
}

/* By process, the longest wait first. */
static int by_process(const void *a, const void *b)
{
	const struct thread_row *x = *(const struct thread_row *const *)a;
	const struct thread_row *y = *(const struct thread_row *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return order__by_wait(x, y);
}

void findings__long_waits(struct findings *f, const struct interval_report *r, const bool *told)
{
	struct naming n = {.threads = r->threads,
			   .thread_count = r->thread_count,
			   .locks = r->locks,
			   .lock_count = r->lock_count};
	const struct thread_row **list = ARENA_NEW(f->arena, const struct thread_row *, r->thread_count + 1);
	size_t count = 0, first = 0;

	for (size_t i = 0; i < r->thread_count; i++)
		if (!told[i] && worth_saying(&r->threads[i]))
			list[count++] = &r->threads[i];
	if (count)
		qsort(list, count, sizeof(*list), by_process);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && list[i]->pid == list[first]->pid)
			continue;
		long_waits_of(f, &n, list + first, i - first);
		first = i;
	}
}
