// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finding lock-convoy, of locks that the C library does not know: threads that wait in the same function,
 * which is known to wait for a lock (MDL_context::acquire_lock). Each may wait on a word of its own, and in a
 * process of its own, as the sessions of PostgreSQL do.
 */
#include <stdlib.h>
#include <string.h>

#include "model/findings/hangs.h"
#include "thresholds.h"
#include "util/duration.h"
#include "words/describe.h"

#define NAMED    3
#define COMPARED 256 /* threads whose causes are compared with those of the others */

static int compare_texts(const char *x, const char *y)
{
	return strcmp(x ? x : "", y ? y : "");
}

/* The file that it naps for. */
static const char *held_file(const struct thread_row *t)
{
	return t->wait.chain_count ? t->wait.chain->held : NULL;
}

/* Equal: in one function; where only a name says lock, also in one process. */
static int compare_places(const struct thread_row *x, const struct thread_row *y)
{
	int order = compare_texts(x->wait.what, y->wait.what);

	if (!order)
		order = compare_texts(x->wait.function, y->wait.function);
	if (!order)
		order = compare_texts(held_file(x), held_file(y));
	if (!order && !x->wait.what)
		order = x->pid < y->pid ? -1 : x->pid > y->pid;
	return order;
}

static int by_place(const void *a, const void *b)
{
	const struct thread_row *x = *(const struct thread_row *const *)a;
	const struct thread_row *y = *(const struct thread_row *const *)b;
	int order = compare_places(x, y);

	if (order)
		return order;
	if (x->wait.duration_ns != y->wait.duration_ns)
		return x->wait.duration_ns > y->wait.duration_ns ? -1 : 1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

/* A name is weaker evidence than a function that is known: a pipeline may rightly wait in "enqueue". If it
 * moves, one of them goes on now and then: then the youngest wait is short. */
static bool is_quiet(const struct hangs *h, const struct thread_row *const *list, size_t count)
{
	if (list[0]->wait.reason == WAIT_REASON_NAME)
		return hangs__held_up_ns(h, list[count - 1]) < NS_OF_S(LOCK_BY_NAME_WARNING_S);
	return hangs__held_up_ns(h, list[0]) < NS_OF_S(LOCK_CONVOY_WARNING_S) ||
	       hangs__has_leader(h, list[0]);
}

/* For how long at least two of them have been found there. */
static uint64_t seen_by_all(const struct thread_row *const *list, size_t count, size_t *ret_threads)
{
	uint64_t shortest = UINT64_MAX;

	*ret_threads = 0;
	for (size_t i = 0; i < count; i++) {
		if (list[i]->wait.seen_ns < NS_OF_S(LOCK_SEEN_S))
			continue;
		(*ret_threads)++;
		if (list[i]->wait.seen_ns < shortest)
			shortest = list[i]->wait.seen_ns;
	}
	return *ret_threads < 2 ? 0 : shortest;
}

static pid_t last_process(const struct thread_row *t)
{
	const struct wait *w = &t->wait;

	const struct link_row *last = w->chain_count ? &w->chain[w->chain_count - 1] : NULL;

	return last && !last->again && last->state != LINK_ITSELF ? last->pid : 0;
}

/* "; 6 of them behind postgres (6606), which has been in epoll_wait for 2 s": the process at the end of the
 * most chains. "" if none is known. */
static const char *common_cause(struct hangs *h, const struct thread_row *const *list, size_t count)
{
	const struct thread_row *most = NULL;
	size_t best = 0;
	char who[DESCRIBE_CHAIN];

	for (size_t i = 0; i < count && i < COMPARED; i++) {
		size_t same = 0;

		for (size_t k = i; k < count && last_process(list[i]); k++)
			same += last_process(list[k]) == last_process(list[i]);
		if (same > best) {
			best = same;
			most = list[i];
		}
	}
	if (!most && list[0]->wait.chain_count && list[0]->wait.chain->state == LINK_ITSELF)
		return "; another connection of the same process has it";
	if (!most || !*describe_last_link(who, sizeof(who), &most->wait))
		return "";
	if (best == count)
		return arena__format(h->f->arena, "; all of them behind %s", who);
	return arena__format(h->f->arena, "; %zu of them behind %s", best, who);
}

/* " again and again for a lock, 3 of them have been found there for 8 s" */
static const char *how_often(struct hangs *h, const char *what, size_t often, uint64_t seen_ns)
{
	char time[DURATION_TEXT];

	if (!seen_ns)
		return arena__format(h->f->arena, " again and again %s", what);
	return arena__format(h->f->arena, " again and again %s, %zu of them have been found there for %s",
			     what, often, duration_format(time, sizeof(time), seen_ns));
}

/* list: the threads at one place, the longest wait first. */
static void report_group(struct hangs *h, const struct thread_row *const *list, size_t count)
{
	const char *file = held_file(list[0]);
	bool lasts = !file && list[0]->wait.duration_ns >= NS_OF_MS(LOCK_CONVOY_MS);
	pid_t *tids = ARENA_NEW(h->f->arena, pid_t, count);
	char place[DESCRIBE_WAIT], time[DESCRIBE_AGE], who[DESCRIBE_WAIT];
	size_t often;
	uint64_t seen_ns = seen_by_all(list, count, &often);
	const char *up_to = *describe_least(&list[0]->wait) ? "the longest for" : "up to", *what, *how;

	if (count < 2 || (!lasts && !seen_ns && hangs__held_up_ns(h, list[0]) < NS_OF_S(STUCK_THREAD_S)))
		return;
	for (size_t i = 0; i < count; i++)
		tids[i] = list[i]->tid;
	describe_wait_named(place, sizeof(place), &list[0]->wait);
	describe_tids(who, sizeof(who), h->n, tids, count, NAMED);
	what = arena__format(h->f->arena, "%s %s%s%s", list[0]->wait.what ? "for" : "in", place,
			     file ? ", " : "", file ? file : "");
	describe_age(time, sizeof(time), &list[0]->wait);
	how = lasts ? arena__format(h->f->arena, ", %s %s, %s", up_to, time, what)
		    : how_often(h, what, often, seen_ns);
	hangs__report(h, FINDING_LOCK_CONVOY, is_quiet(h, list, count),
		      arena__format(h->f->arena, "%zu threads wait%s: %s%s", count, how, who,
				    common_cause(h, list, count)),
		      tids, count);
}

void hangs__lock_code(struct hangs *h)
{
	const struct thread_row **list =
		ARENA_NEW(h->f->arena, const struct thread_row *, h->n->thread_count + 1);
	size_t count = 0, first = 0;

	for (size_t i = 0; i < h->n->thread_count; i++)
		if (h->n->threads[i].blocked && h->n->threads[i].wait.on_lock && !h->reported[i])
			list[count++] = &h->n->threads[i];
	if (count)
		qsort(list, count, sizeof(*list), by_place);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && !compare_places(list[first], list[i]))
			continue;
		report_group(h, list + first, i - first);
		first = i;
	}
}
