// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/hung_servers.h"

#include <stdlib.h>
#include <string.h>

#include "model/findings/worker_pools.h"
#include "thresholds.h"
#include "util/duration.h"
#include "words/describe.h"

#define NAMED_CALLS 3

/* Where one thread of a server hangs, the finding covers all of them. */
static bool hangs(const struct thread_row *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i]->wait.duration_ns >= NS_OF_S(STUCK_THREAD_S))
			return true;
	return false;
}

/* Apart from calls: no line of the program says that it reads the file. */
static int in_fault(const struct thread_row *t)
{
	return t->wait.kind == WAIT_PAGE_FAULT;
}

/* By process, server, call and file; the longest wait first. */
static int by_call(const void *a, const void *b)
{
	const struct thread_row *x = *(const struct thread_row *const *)a;
	const struct thread_row *y = *(const struct thread_row *const *)b;
	int order = x->pid != y->pid ? (x->pid < y->pid ? -1 : 1) : strcmp(x->wait.server, y->wait.server);

	if (!order)
		order = in_fault(x) - in_fault(y);
	if (!order)
		order = strcmp(x->wait.syscall ? x->wait.syscall : "",
			       y->wait.syscall ? y->wait.syscall : "");
	if (!order)
		order = strcmp(x->wait.file ? x->wait.file : "", y->wait.file ? y->wait.file : "");
	if (!order && x->wait.duration_ns != y->wait.duration_ns)
		order = x->wait.duration_ns > y->wait.duration_ns ? -1 : 1;
	return order ? order : (x->tid < y->tid ? -1 : x->tid > y->tid);
}

static bool same_server(const struct thread_row *x, const struct thread_row *y)
{
	return x->pid == y->pid && in_fault(x) == in_fault(y) && !strcmp(x->wait.server, y->wait.server);
}

struct same_call {
	const struct thread_row *one;
	size_t count;
};

static int by_count(const void *a, const void *b)
{
	const struct same_call *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->one->wait.duration_ns > y->one->wait.duration_ns
		       ? -1
		       : x->one->wait.duration_ns < y->one->wait.duration_ns;
}

/* "newfstatat(/mnt/x), openat(/mnt/y) and 2 other calls" */
static const char *calls_text(struct arena *a, const struct thread_row *const *list, size_t count)
{
	struct same_call *calls = ARENA_NEW(a, struct same_call, count);
	struct naming nobody = {0};
	const char *text = "";
	char wait[DESCRIBE_WAIT], last[DESCRIBE_WAIT] = "";
	size_t different = 0;

	for (size_t i = 0; i < count; i++) {
		describe_wait_short(wait, sizeof(wait), &nobody, &list[i]->wait);
		if (!different || strcmp(wait, last) != 0)
			calls[different++] = (struct same_call){.one = list[i]};
		calls[different - 1].count++;
		memcpy(last, wait, sizeof(last));
	}
	qsort(calls, different, sizeof(*calls), by_count);
	for (size_t i = 0; i < different && i < NAMED_CALLS; i++) {
		describe_wait_short(wait, sizeof(wait), &nobody, &calls[i].one->wait);
		text = arena__format(a, "%s%s%s", text, i ? ", " : "", wait);
	}
	return different > NAMED_CALLS
		       ? arena__format(a, "%s and %zu other calls", text, different - NAMED_CALLS)
		       : text;
}

static void mark(const struct thread_row *threads, const struct thread_row *const *list, size_t count,
		 bool *reported)
{
	for (size_t i = 0; i < count; i++)
		reported[list[i] - threads] = true;
}

static void report_group(struct findings *f, const struct naming *n, const struct thread_row *const *list,
			 size_t count)
{
	pid_t *tids = ARENA_NEW(f->arena, pid_t, count);
	char who[DESCRIBE_NAME], time[DESCRIBE_AGE];
	const struct wait *longest = &list[0]->wait;

	for (size_t i = 0; i < count; i++) {
		tids[i] = list[i]->tid;
		if (list[i]->wait.duration_ns > longest->duration_ns)
			longest = &list[i]->wait;
	}
	findings__add(
		f,
		&(struct finding){
			.kind = FINDING_STUCK_THREAD,
			.pid = list[0]->pid,
			.tids = tids,
			.tid_count = count,
			.summary = arena__format(
				f->arena, "%s %s, for %s%s, in %s for an answer of the %s%s",
				count == 1 ? describe_thread(who, sizeof(who), list[0]->name, list[0]->tid)
					   : arena__format(f->arena, "%zu threads", count),
				count == 1 ? "waits" : "wait",
				count == 1 || longest->at_least ? "" : "up to ",
				describe_age(time, sizeof(time), longest), calls_text(f->arena, list, count),
				list[0]->wait.server, worker_pools__text(f->arena, n, list, count))});
}

void findings__hung_servers(struct findings *f, const struct naming *n, bool *reported)
{
	const struct thread_row *threads = n->threads;
	size_t count = n->thread_count;
	const struct thread_row **list = ARENA_NEW(f->arena, const struct thread_row *, count + 1);
	size_t hanging = 0, first = 0;

	for (size_t i = 0; i < count; i++)
		if (!reported[i] && threads[i].blocked && threads[i].wait.server)
			list[hanging++] = &threads[i];
	if (hanging)
		qsort(list, hanging, sizeof(*list), by_call);
	for (size_t i = 1; i <= hanging; i++) {
		if (i < hanging && same_server(list[first], list[i]))
			continue;
		if (hangs(list + first, i - first)) {
			report_group(f, n, list + first, i - first);
			mark(threads, list + first, i - first, reported);
		}
		first = i;
	}
}
