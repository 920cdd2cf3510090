// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/go/go_threads.h"

#include <stdlib.h>
#include <string.h>

#include "words/describe.h"
#include "model/go/lock_holders.h"
#include "model/go/queue_readers.h"
#include "util/text.h"

/* ---- groups -------------------------------------------------------------------- */

/* The system call that all threads of the group are in. */
static void join_call(struct go_group_row *g, const struct naming *threads)
{
	for (size_t i = 0; i < g->g.tid_count; i++) {
		const struct thread_row *t = naming__thread(threads, g->g.tids[i]);
		/* Without a goroutine: it ran while that was read, and may have been in another call. */
		const char *call = t && t->goid && t->blocked && !t->go_running ? t->wait.syscall : NULL;
		const char *file = call ? t->wait.file : NULL;

		if (!i) {
			g->syscall = call;
			g->file = file;
			g->same_call = call;
		} else if (!same_text(g->syscall, call)) {
			g->syscall = g->file = NULL;
			g->same_call = false;
			return;
		} else if (!same_text(g->file, file)) {
			g->file = NULL;
			g->same_call = false;
		}
	}
}

/* ---- threads ---------------------------------------------------------------------- */

/* Calls in which the runtime's own threads wait: without work (futex), in its poller and its monitor. */
static bool of_runtime(const char *call)
{
	static const char *const calls[] = {"futex", "epoll_wait", "epoll_pwait", "nanosleep"};

	for (size_t i = 0; call && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (!strcmp(call, calls[i]))
			return true;
	return !call;
}

/* What a thread of a Go program is used for. Without a number it is another language's, or it has run while
 * its goroutine was read. */
static struct go_threads role_of(const struct thread_row *t)
{
	struct go_threads role = {.count = 1};

	if (t->blocked && !t->go_running && (t->goid || !of_runtime(t->wait.syscall))) {
		role.on_goroutine = t->goid;
		role.syscall = t->wait.syscall ? t->wait.syscall : "";
		role.file = t->wait.file;
		role.longest_ns = t->wait.duration_ns;
	} else {
		role.running = t->goid || !t->blocked;
	}
	return role;
}

static int by_count(const void *a, const void *b)
{
	const struct go_threads *x = a, *y = b;
	int order;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	order = strcmp(x->syscall ? x->syscall : "", y->syscall ? y->syscall : "");
	if (!order)
		order = strcmp(x->file ? x->file : "", y->file ? y->file : "");
	if (!order)
		order = y->running - x->running;
	return order ? order : y->on_goroutine - x->on_goroutine;
}

static void explain_threads(struct arena *a, struct go_report *r, const struct thread_row *threads,
			    size_t thread_count)
{
	struct go_threads *list = ARENA_NEW(a, struct go_threads, thread_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < thread_count; i++) {
		struct go_threads role = role_of(&threads[i]);
		size_t k = 0;

		while (k < count &&
		       (!same_text(list[k].syscall, role.syscall) || !same_text(list[k].file, role.file) ||
			list[k].running != role.running || list[k].on_goroutine != role.on_goroutine))
			k++;
		if (k == count)
			list[count++] = role;
		else
			list[k].count++;
		if (role.longest_ns > list[k].longest_ns)
			list[k].longest_ns = role.longest_ns;
	}
	if (count)
		qsort(list, count, sizeof(*list), by_count);
	r->threads = list;
	r->thread_groups = count;
}

const struct go_report *go_threads__join(struct arena *a, const struct go_reading *from,
					 const struct thread_row *threads, size_t thread_count)
{
	struct naming naming = {.threads = threads, .thread_count = thread_count, .by_tid = true};
	struct go_report *r = ARENA_NEW(a, struct go_report, 1);
	struct go_group_row *groups = ARENA_NEW(a, struct go_group_row, from->group_count + 1);

	for (size_t i = 0; i < from->group_count; i++) {
		groups[i].g = from->groups[i];
		join_call(&groups[i], &naming);
	}
	r->reading = from;
	r->groups = groups;
	r->group_count = from->group_count;
	r->queues = queue_readers__join(a, from, &naming);
	r->queue_count = from->queue_count;
	r->locks = lock_holders__join(a, from, &naming);
	r->lock_count = from->lock_count;
	explain_threads(a, r, threads, thread_count);
	return r;
}
