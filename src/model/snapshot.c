// SPDX-License-Identifier: GPL-2.0-or-later
/* The report of one sample: threads, the locks they wait on, who waits for whom, and equal stacks together.
 */
#include <stdlib.h>
#include <string.h>

#include "model/groups.h"
#include "model/model.h"
#include "model/rows.h"
#include "model/wait.h"

/* Threads come by TID, as one process's facts do. */
static size_t find_thread(const struct snapshot_report *r, pid_t tid)
{
	for (size_t low = 0, high = r->thread_count; low < high;) {
		size_t middle = (low + high) / 2;

		if (r->threads[middle].tid == tid)
			return middle;
		if (r->threads[middle].tid < tid)
			low = middle + 1;
		else
			high = middle;
	}
	return NO_INDEX;
}

/* ---- locks -------------------------------------------------------------------- */

struct waiting {
	size_t lock;
	pid_t tid;
};

static int by_lock(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;

	if (x->lock != y->lock)
		return x->lock < y->lock ? -1 : 1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

/* Lock of a futex word; facts come by word, and the words of one lock follow each other. */
static size_t lock_of_word(const struct lock_row *locks, size_t count, uint64_t word)
{
	for (size_t low = 0, high = count; low < high;) {
		size_t middle = (low + high) / 2;

		if (word < locks[middle].words_from)
			high = middle;
		else if (word > locks[middle].words_to)
			low = middle + 1;
		else
			return middle;
	}
	return NO_INDEX;
}

static struct lock_row *lock_rows(struct arena *a, const struct sample *s, size_t *ret_count)
{
	struct lock_row *rows = ARENA_NEW(a, struct lock_row, s->lock_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < s->lock_count; i++) {
		const struct sample_lock *l = &s->locks[i];

		if (count && rows[count - 1].address == l->address) {
			rows[count - 1].words_to = l->word;
			if (!rows[count - 1].owner_tid)
				rows[count - 1].owner_tid = l->owner_tid;
			continue;
		}
		rows[count++] = (struct lock_row){.pid = l->pid,
						  .address = l->address,
						  .words_from = l->word,
						  .words_to = l->word,
						  .symbol = l->symbol,
						  .kind = l->kind,
						  .owner_tid = l->owner_tid};
	}
	*ret_count = count;
	return rows;
}

static void find_waiters(struct arena *a, struct lock_row *locks, const struct thread_row *threads,
			 size_t thread_count)
{
	struct waiting *list = ARENA_NEW(a, struct waiting, thread_count + 1);
	pid_t *tids = ARENA_NEW(a, pid_t, thread_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < thread_count; i++)
		if (threads[i].blocked && threads[i].wait.lock != NO_INDEX)
			list[count++] = (struct waiting){threads[i].wait.lock, threads[i].tid};
	if (count)
		qsort(list, count, sizeof(*list), by_lock);
	for (size_t i = 0; i < count; i++) {
		struct lock_row *l = &locks[list[i].lock];

		tids[i] = list[i].tid;
		if (!l->waiters)
			l->waiters = &tids[i];
		l->waiter_count++;
	}
}

/* ---- deadlocks ------------------------------------------------------------------ */

/* The thread that i waits for, if a lock or a join says so. */
static size_t next_in_chain(const struct snapshot_report *r, size_t i)
{
	const struct thread_row *t = &r->threads[i];

	if (!t->blocked || t->wait.lock == NO_INDEX || !t->wait.blocked_by)
		return NO_INDEX;
	return find_thread(r, t->wait.blocked_by);
}

static void add_deadlock(struct arena *a, struct snapshot_report *r, struct deadlock *list, size_t *count,
			 size_t start)
{
	size_t length = 0, i = start;
	size_t *locks;
	pid_t *tids;

	do {
		length++;
		i = next_in_chain(r, i);
	} while (i != start);
	tids = ARENA_NEW(a, pid_t, length);
	locks = ARENA_NEW(a, size_t, length);
	for (size_t k = 0; k < length; k++, i = next_in_chain(r, i)) {
		tids[k] = r->threads[i].tid;
		locks[k] = r->threads[i].wait.lock;
	}
	list[(*count)++] = (struct deadlock){.tids = tids, .locks = locks, .count = length};
}

/* Each thread waits for one at most, maybe itself, so a walk that meets itself has found a cycle. */
static void find_deadlocks(struct arena *a, struct snapshot_report *r)
{
	struct deadlock *list = ARENA_NEW(a, struct deadlock, r->thread_count + 1);
	size_t *seen = ARENA_NEW(a, size_t, r->thread_count + 1), count = 0;

	for (size_t i = 0; i < r->thread_count; i++) {
		size_t at = i;

		while (at != NO_INDEX && !seen[at]) {
			seen[at] = i + 1;
			at = next_in_chain(r, at);
		}
		if (at != NO_INDEX && seen[at] == i + 1)
			add_deadlock(a, r, list, &count, at);
	}
	r->deadlocks = list;
	r->deadlock_count = count;
}

/* ---- the whole ------------------------------------------------------------------------ */

static struct thread_row *fill_threads(struct arena *a, struct snapshot_report *r, const struct sample *s,
				       const struct lock_row *locks, size_t lock_count)
{
	struct thread_row *rows = ARENA_NEW(a, struct thread_row, s->thread_count + 1);

	for (size_t i = 0; i < s->thread_count; i++)
		row__thread(&rows[i], &s->threads[i],
			    s->threads[i].lock_address
				    ? lock_of_word(locks, lock_count, s->threads[i].lock_address)
				    : NO_INDEX);
	r->threads = rows;
	r->thread_count = s->thread_count;
	return rows;
}

/* Locks, deadlocks and findings are of all threads. */
static void leave_out(struct snapshot_report *r, struct thread_row *threads, const struct selection *which)
{
	r->selected = selection__any(which);
	for (size_t i = 0; i < r->thread_count; i++)
		threads[i].left_out = !selection__takes(which, &threads[i], r->locks, r->lock_count);
}

static void fill_findings(struct arena *a, struct snapshot_report *r)
{
	struct findings f = {.arena = a};

	for (size_t i = 0; i < r->deadlock_count; i++)
		findings__deadlock(&f, r, &r->deadlocks[i]);
	findings__long_waits(&f, r->threads, r->thread_count, r->locks, r->lock_count);
	findings__sort(&f);
	r->findings = f.list;
	r->finding_count = f.count;
}

struct snapshot_report *model__snapshot(struct arena *a, const struct sample *s,
					const struct selection *which)
{
	struct snapshot_report *r = ARENA_NEW(a, struct snapshot_report, 1);
	struct lock_row *locks = lock_rows(a, s, &r->lock_count);
	struct thread_row *threads;

	r->time_ns = s->time_ns;
	r->kernel = s->kernel;
	r->arch = s->arch;
	r->pid = s->processes[0].pid;
	r->comm = s->processes[0].comm;
	r->exe = s->exe;
	r->cmdline = s->cmdline;
	r->runtime_kind = "native";
	r->locks = locks;
	threads = fill_threads(a, r, s, locks, r->lock_count);
	find_waiters(a, locks, r->threads, r->thread_count);
	find_deadlocks(a, r);
	leave_out(r, threads, which);
	model__groups(a, r);
	fill_findings(a, r);
	r->losses = row__losses(a, s, NULL, &r->loss_count);
	r->cost = (struct cost_row){.cpu_ns = s->cpu_ns, .bpf_ns = UINT64_MAX, .rss_bytes = s->rss_bytes};
	return r;
}
