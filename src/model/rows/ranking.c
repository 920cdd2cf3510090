// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rows/ranking.h"

#include <stdlib.h>
#include <string.h>

#include "model/rows/order.h"
#include "thresholds.h"
#include "util/text.h"
#include "waits/wait.h"
#include "words/describe.h"

/* ---- threads and locks ---------------------------------------------------------- */

bool ranking__parked(const struct thread_row *t)
{
	return t->blocked && t->wait.class == WAIT_CLASS_IDLE && t->wait.function &&
	       starts_with(t->wait.function, "runtime.");
}

/* Within a class the order of the report stays. */
void ranking__threads(struct arena *a, struct interval_report *r)
{
	size_t *rank = ARENA_NEW(a, size_t, r->thread_count + 1), count = 0;

	for (int class = 0; class < WAIT_CLASSES; class ++)
		for (size_t i = 0; i < r->thread_count; i++)
			if (r->threads[i].blocked && (int)r->threads[i].wait.class == class &&
			    !ranking__parked(&r->threads[i]))
				rank[count++] = i;
	r->worth_showing = count;
	for (size_t i = 0; i < r->thread_count; i++)
		if (ranking__parked(&r->threads[i]))
			rank[count++] = i;
	r->thread_rank = rank;
	r->ranked_threads = count;
}

void ranking__lock(struct lock_row *l, bool go)
{
	l->for_work = wait__lock_for_work(l->kind, go);
	l->held = l->owner_tid > 0 || naming__exclusive(l);
}

void ranking__locks(struct arena *a, struct interval_report *r)
{
	size_t *rank = ARENA_NEW(a, size_t, r->lock_count + 1), count = 0;

	for (int order = 0; order < 3; order++) {
		r->idle_locks = count;
		for (size_t i = 0; i < r->lock_count; i++) {
			const struct lock_row *l = &r->locks[i];

			/* A futex where workers wait is that of a thread of Go's runtime. */
			if ((l->idle ? 2 : l->for_work) == order && (l->waits.count || l->waiter_count) &&
			    !(l->for_work && l->kind == LOCK_FUTEX))
				rank[count++] = i;
		}
	}
	r->lock_rank = rank;
	r->ranked_locks = count;
	r->idle_locks = count - r->idle_locks;
}

static int by_waiters(const void *a, const void *b)
{
	return order__by_waiters(*(const struct lock_row *const *)a, *(const struct lock_row *const *)b);
}

void ranking__snapshot_locks(struct arena *a, struct snapshot_report *r)
{
	const struct lock_row **list = ARENA_NEW(a, const struct lock_row *, r->lock_count + 1);
	size_t *rank = ARENA_NEW(a, size_t, r->lock_count + 1), count = 0;

	for (size_t i = 0; i < r->lock_count; i++)
		if (r->locks[i].waiter_count)
			list[count++] = &r->locks[i];
	if (count)
		qsort(list, count, sizeof(*list), by_waiters);
	for (size_t i = 0; i < count; i++)
		rank[i] = (size_t)(list[i] - r->locks);
	r->lock_rank = rank;
	r->ranked_locks = count;
}

/* ---- calls ---------------------------------------------------------------------- */

bool ranking__hangs(uint64_t age_ns)
{
	return age_ns >= NS_OF_MS(CALL_HANGS_MS);
}

/* ---- files ---------------------------------------------------------------------- */

bool ranking__is_connection(const struct file_row *f)
{
	return f->kind == TS_FILE_SOCKET && (!f->peer || !strpbrk(f->peer, "/@"));
}

static int by_inode(const void *a, const void *b)
{
	const struct file_row *x = *(const struct file_row *const *)a;
	const struct file_row *y = *(const struct file_row *const *)b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	if (x->generation != y->generation)
		return x->generation < y->generation ? -1 : 1;
	return x < y ? -1 : x > y;
}

static bool same_file(const struct file_row *x, const struct file_row *y)
{
	return x->inode && x->inode == y->inode && x->device == y->device && x->generation == y->generation;
}

static void mark_same_files(struct arena *a, struct file_row *rows, size_t count)
{
	struct file_row **list = ARENA_NEW(a, struct file_row *, count + 1);

	for (size_t i = 0; i < count; i++) {
		list[i] = &rows[i];
		rows[i].same_file = i;
	}
	if (count)
		qsort(list, count, sizeof(*list), by_inode);
	for (size_t i = 1; i < count; i++)
		if (same_file(list[i - 1], list[i]))
			list[i]->same_file = list[i - 1]->same_file;
}

static bool is_used(const struct file_row *f)
{
	return f->writes.count || f->fsyncs.count || f->in_flight || f->unsynced_bytes;
}

static struct file_sums sums_of(const struct file_row *f)
{
	return (struct file_sums){.count = 1,
				  .writes = f->writes.count,
				  .bytes = f->bytes,
				  .syncs = f->fsyncs.count,
				  .errors = f->errors + f->fsync_errors,
				  .max_ns = f->writes.max_ns > f->fsyncs.max_ns ? f->writes.max_ns
										: f->fsyncs.max_ns};
}

void ranking__files(struct arena *a, struct interval_report *r, struct file_row *rows, bool every)
{
	struct file_group *groups = ARENA_NEW(a, struct file_group, r->file_count + 1);
	/* By first row of the file: its group. */
	struct file_group **of_file = ARENA_NEW(a, struct file_group *, r->file_count + 1);
	size_t count = 0;

	mark_same_files(a, rows, r->file_count);
	for (size_t i = 0; i < r->file_count; i++) {
		struct file_group **group = &of_file[rows[i].same_file];
		struct file_sums sums = sums_of(&rows[i]);

		if (!every && !is_used(&rows[i]))
			continue;
		if (!*group) {
			*group = &groups[count++];
			(*group)->first = i;
		}
		file_sums__add(&(*group)->sums, &sums);
	}
	r->file_groups = groups;
	r->file_group_count = count;
}
