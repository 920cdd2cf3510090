// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/snapshot/groups.h"

#include <stdlib.h>
#include <string.h>

#include "model/rows/order.h"
#include "model/rows/ranking.h"
#include "words/describe.h"

static int compare_stacks(const struct call_stack *x, const struct call_stack *y)
{
	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	for (size_t i = 0; i < x->count; i++) {
		int order = frame__by_place(&x->frames[i], &y->frames[i]);

		if (order)
			return order;
	}
	return (int)x->end - (int)y->end;
}

static int by_stack(const void *a, const void *b)
{
	const struct thread_row *x = *(const struct thread_row *const *)a;
	const struct thread_row *y = *(const struct thread_row *const *)b;
	int order = strcmp(describe_wait_kind(x), describe_wait_kind(y));

	if (!order)
		order = (int)x->halt.reason - (int)y->halt.reason;
	return order ? order : compare_stacks(&x->stack, &y->stack);
}

static int by_stack_then_tid(const void *a, const void *b)
{
	const struct thread_row *x = *(const struct thread_row *const *)a;
	const struct thread_row *y = *(const struct thread_row *const *)b;
	int order = by_stack(a, b);

	return order ? order : (x->tid < y->tid ? -1 : x->tid > y->tid);
}

static bool same_file(const struct thread_row *x, const struct thread_row *y)
{
	const char *a = x->wait.file ? x->wait.file : "", *b = y->wait.file ? y->wait.file : "";

	return !strcmp(a, b);
}

/* The thread that has the kernel's lock of the file that it waits for; 0: it does not, or that is not known.
 */
static pid_t file_locker(const struct thread_row *t)
{
	const struct link_row *k = t->wait.chain;

	return t->wait.chain_count && (k->role == LINK_HOLDS_INODE || k->role == LINK_HOLDS_POSITION) ? k->tid
												      : 0;
}

/* At rest. The main thread is shown, as what it does is what the program does; not where Go's runtime has
 * parked it as it would any other. */
static bool idle(const struct thread_row *t)
{
	return ranking__parked(t) || (t->idle && t->tid != t->pid);
}

static void add_to_group(struct stack_group *g, const struct thread_row *t, bool is_idle, uint64_t number)
{
	uint64_t ns = t->blocked ? t->wait.duration_ns : 0;

	g->count++;
	/* Since the first one. */
	g->unmoved += number > 1 && t->same_stack == (int64_t)number - 1;
	g->unrun += number > 1 && t->did_not_run == (int64_t)number - 1;
	g->idle = g->idle && is_idle;
	if (t->blocked && (t->wait.lock != g->one->wait.lock || !same_file(t, g->one) ||
			   file_locker(t) != file_locker(g->one)))
		g->mixed = true;
	if (ns > g->longest_ns)
		g->longest_ns = ns;
	if (ns < g->shortest_ns)
		g->shortest_ns = ns;
}

static int by_wait(const void *a, const void *b)
{
	const struct thread_row *x = *(const struct thread_row *const *)a;
	const struct thread_row *y = *(const struct thread_row *const *)b;
	const char *p = x->wait.file ? x->wait.file : "", *q = y->wait.file ? y->wait.file : "";

	if (x->wait.lock != y->wait.lock)
		return x->wait.lock < y->wait.lock ? -1 : 1;
	if (x->wait.fd != y->wait.fd)
		return x->wait.fd < y->wait.fd ? -1 : 1;
	if (file_locker(x) != file_locker(y))
		return file_locker(x) < file_locker(y) ? -1 : 1;
	return strcmp(p, q);
}

static int by_wait_then_tid(const void *a, const void *b)
{
	const struct thread_row *x = *(const struct thread_row *const *)a;
	const struct thread_row *y = *(const struct thread_row *const *)b;
	int order = by_wait(a, b);

	return order ? order : (x->tid < y->tid ? -1 : x->tid > y->tid);
}

static int by_first_tid(const void *a, const void *b)
{
	const struct same_wait *x = a, *y = b;

	return x->one->tid < y->one->tid ? -1 : x->one->tid > y->one->tid;
}

/* threads: the group's, which are put in another order. */
static void divide_by_wait(struct arena *a, struct stack_group *g, const struct thread_row **threads)
{
	struct same_wait *waits = ARENA_NEW(a, struct same_wait, g->count);
	pid_t *tids = ARENA_NEW(a, pid_t, g->count);
	size_t count = 0;

	qsort(threads, g->count, sizeof(*threads), by_wait_then_tid);
	for (size_t i = 0; i < g->count; i++) {
		tids[i] = threads[i]->tid;
		if (!i || by_wait(&threads[i - 1], &threads[i]))
			waits[count++] = (struct same_wait){.one = threads[i], .tids = &tids[i]};
		waits[count - 1].count++;
	}
	qsort(waits, count, sizeof(*waits), by_first_tid);
	g->waits = waits;
	g->wait_count = count;
}

void model__groups(struct arena *a, struct snapshot_report *r)
{
	const struct thread_row **order = ARENA_NEW(a, const struct thread_row *, r->thread_count + 1);
	struct stack_group *groups = ARENA_NEW(a, struct stack_group, r->thread_count + 1);
	pid_t *tids = ARENA_NEW(a, pid_t, r->thread_count + 1);
	size_t count = 0, threads = 0;

	for (size_t i = 0; i < r->thread_count; i++)
		if (!r->threads[i].left_out)
			order[threads++] = &r->threads[i];
	if (threads)
		qsort(order, threads, sizeof(*order), by_stack_then_tid);
	for (size_t i = 0; i < threads; i++) {
		const struct thread_row *t = order[i];

		tids[i] = t->tid;
		if (!i || by_stack(&order[i - 1], &order[i]))
			groups[count++] = (struct stack_group){.tids = &tids[i],
							       .wait = describe_wait_kind(t),
							       .one = t,
							       .idle = true,
							       .shortest_ns = UINT64_MAX};
		add_to_group(&groups[count - 1], t, idle(t), r->number);
	}
	for (size_t i = 0, first = 0; i < count; first += groups[i++].count)
		if (groups[i].mixed)
			divide_by_wait(a, &groups[i], &order[first]);
	if (count)
		qsort(groups, count, sizeof(*groups), order__by_size);
	r->groups = groups;
	r->group_count = count;
}
