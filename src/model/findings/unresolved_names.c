// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding stuck-thread: threads that resolve names, and a name server that does not answer. */
#include <stdlib.h>
#include <string.h>

#include "model/findings/hangs.h"
#include "model/findings/worker_pools.h"
#include "thresholds.h"
#include "util/text.h"
#include "words/describe.h"

static const char *server_of(const struct thread_row *t)
{
	return t->wait.name_server ? t->wait.name_server : "";
}

/* By process and server; the longest wait first. */
static int by_server(const void *a, const void *b)
{
	const struct thread_row *x = *(const struct thread_row *const *)a;
	const struct thread_row *y = *(const struct thread_row *const *)b;
	int order = x->pid != y->pid ? (x->pid < y->pid ? -1 : 1) : strcmp(server_of(x), server_of(y));

	if (!order && x->wait.duration_ns != y->wait.duration_ns)
		order = x->wait.duration_ns > y->wait.duration_ns ? -1 : 1;
	return order ? order : (x->tid < y->tid ? -1 : x->tid > y->tid);
}

/* ---- libuv's pool ----------------------------------------------------------------- */

enum pool_part {
	POOL_NOT,
	POOL_IDLE,
	POOL_BUSY,
};

/* A thread of libuv's pool: worker() calls the task's own function, or waits for one
 * (deps/uv/src/threadpool.c).
 */
static enum pool_part part_of_pool(const struct thread_row *t)
{
	for (size_t i = 1; i < t->stack.count; i++) {
		const char *outer = t->stack.frames[i].function, *inner = t->stack.frames[i - 1].function;

		if (!outer || !inner || strcmp(outer, "worker") != 0 || !starts_with(inner, "uv_"))
			continue;
		return strcmp(inner, "uv_cond_wait") != 0 ? POOL_BUSY : POOL_IDLE;
	}
	return POOL_NOT;
}

/* What else waits: libuv gives half of its pool at most, rounded up, to look-ups, as
 * slow_work_thread_threshold() says since 1.24. */
static const char *of_pool(const struct hangs *h, const struct thread_row *const *list, size_t count)
{
	size_t all = 0, resolving = 0;

	for (size_t i = 0; i < h->n->thread_count; i++)
		all += h->n->threads[i].pid == list[0]->pid && part_of_pool(&h->n->threads[i]);
	for (size_t i = 0; i < count; i++)
		resolving += part_of_pool(list[i]) == POOL_BUSY;
	if (!resolving)
		return worker_pools__text(h->f->arena, h->n, list, count);
	if (!worker_pools__whole(h->n, list[0]->pid))
		return "";
	if (resolving == all)
		return arena__format(h->f->arena,
				     all == 1 ? "; it is the only thread of libuv's pool: file operations "
						"and other look-ups wait for it"
					      : "; they are all %zu threads of libuv's pool: file operations "
						"and other look-ups wait for them",
				     all);
	if (resolving != (all + 1) / 2)
		return "";
	return arena__format(h->f->arena,
			     "; libuv looks up no more than %zu at a time: further look-ups wait for %s",
			     resolving, resolving == 1 ? "it" : "them");
}

/* ---- */

static void report(struct hangs *h, const struct thread_row *const *list, size_t count)
{
	pid_t *tids = ARENA_NEW(h->f->arena, pid_t, count);
	const struct wait *longest = &list[0]->wait;
	char who[DESCRIBE_NAME], time[DESCRIBE_AGE];
	const char *server = server_of(list[0]);

	for (size_t i = 0; i < count; i++)
		tids[i] = list[i]->tid;
	hangs__report(h, FINDING_STUCK_THREAD, false,
		      arena__format(h->f->arena, "%s %s waited %s%s for %s%s, to resolve %s%s",
				    count == 1 ? describe_tid(who, sizeof(who), h->n, tids[0])
					       : arena__format(h->f->arena, "%zu threads", count),
				    count == 1 ? "has" : "have",
				    count == 1 || longest->at_least ? "" : "up to ",
				    describe_age(time, sizeof(time), longest),
				    !*server              ? "an answer of a name server"
				    : strchr(server, ',') ? "an answer of the name servers "
							  : "an answer of the name server ",
				    server, count == 1 ? "a name" : "names", of_pool(h, list, count)),
		      tids, count);
}

void hangs__unresolved_names(struct hangs *h)
{
	const struct thread_row **list =
		ARENA_NEW(h->f->arena, const struct thread_row *, h->n->thread_count + 1);
	size_t count = 0, first = 0;

	for (size_t i = 0; i < h->n->thread_count; i++) {
		const struct thread_row *t = &h->n->threads[i];

		if (!h->reported[i] && t->blocked && t->wait.resolves && t->wait.kind != WAIT_STOPPED)
			list[count++] = t;
	}
	if (count)
		qsort(list, count, sizeof(*list), by_server);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && list[i]->pid == list[first]->pid &&
		    !strcmp(server_of(list[i]), server_of(list[first])))
			continue;
		if (list[first]->wait.duration_ns >= NS_OF_S(STUCK_THREAD_S))
			report(h, list + first, i - first);
		first = i;
	}
}
