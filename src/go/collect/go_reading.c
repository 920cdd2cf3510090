// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/go_reading.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "go/runtime/goroutines.h"
#include "go/collect/go_clock.h"
#include "go/collect/go_descriptors.h"
#include "go/collect/go_groups.h"
#include "go/collect/go_leaked.h"
#include "go/collect/go_locks.h"
#include "go/collect/go_queues.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/heap.h"

/* ---- threads ------------------------------------------------------------------- */

struct ns_thread {
	pid_t ns_tid;
	struct sample_thread *thread;
};

static int by_ns_tid(const void *a, const void *b)
{
	const struct ns_thread *x = a, *y = b;

	return x->ns_tid < y->ns_tid ? -1 : x->ns_tid > y->ns_tid;
}

/* A goroutine that was read on a thread. */
struct joined {
	size_t thread; /* index */
	size_t group;  /* as of go_groups__find */
	size_t listed; /* index in the list; NO_INDEX: none */
	struct go_row row;
	bool in_call, running;
};

struct gathering {
	struct sample *s;
	pid_t pid;
	struct go_groups *groups;
	struct go_clock *clock;    /* NULL: no clock */
	struct ns_thread *threads; /* by ns_tid */
	size_t thread_count;
	struct go_descriptors descriptors;
	struct go_queues *queues;
	struct go_locks *locks;
	struct go_leaked *leaked; /* NULL: not asked for */
	struct joined *joined;
	size_t joined_count, joined_room;
	struct go_row *list; /* NULL: not asked for */
	size_t list_count, list_room;
	uint64_t list_more;
};

static void index_threads(struct gathering *g, pid_t pid)
{
	g->threads = HEAP_NEW(struct ns_thread, g->s->thread_count + 1);
	for (size_t i = 0; i < g->s->thread_count; i++)
		if (g->s->threads[i].pid == pid)
			g->threads[g->thread_count++] =
				(struct ns_thread){g->s->threads[i].ns_tid, &g->s->threads[i]};
	if (g->thread_count)
		qsort(g->threads, g->thread_count, sizeof(*g->threads), by_ns_tid);
}

/* Its thread, by the TID in the target's namespace. */
static struct sample_thread *thread_of(const struct gathering *g, const struct goroutine *go)
{
	struct ns_thread key = {.ns_tid = go->tid}, *found;

	if (go->tid <= 0 || !g->thread_count)
		return NULL;
	found = bsearch(&key, g->threads, g->thread_count, sizeof(*g->threads), by_ns_tid);
	return found ? found->thread : NULL;
}

/* ---- one goroutine ---------------------------------------------------------------- */

static struct go_row *add_row(struct gathering *g)
{
	if (g->list_count >= GO_LIST_MAX) {
		g->list_more++;
		return NULL;
	}
	return ARRAY_ADD(g->list, g->list_count, g->list_room);
}

static const struct go_label *copy_labels(struct arena *a, const struct goroutine *go)
{
	struct go_label *copy = ARENA_NEW(a, struct go_label, go->label_count);

	for (uint32_t i = 0; i < go->label_count; i++)
		copy[i] = (struct go_label){arena__string(a, go->labels[i].key),
					    arena__string(a, go->labels[i].value), 1};
	return copy;
}

/* For a system call the kernel has the exact duration, if the thread was blocked in it when the threads were
 * read, and has not run since. */
static bool in_call(const struct goroutine *go, const struct sample_thread *t)
{
	return go->status == GOROUTINE_SYSCALL && t && t->blocked && t->syscall >= 0;
}

/* The better one of the observation and the runtime's stamp. */
static void set_wait(struct go_row *row, const struct go_stay *stay)
{
	bool impossible = row->wait_ns > stay->at_most_ns;

	if (row->wait_exact)
		return;
	if (stay->at_least_ns && (!row->wait_known || impossible || stay->at_least_ns > row->wait_ns)) {
		row->wait_ns = stay->at_least_ns;
		row->wait_known = row->wait_least = true;
	} else if (row->wait_known && impossible) {
		row->wait_ns = stay->at_most_ns;
	}
}

static int take(const struct goroutine *go, void *arg)
{
	struct gathering *g = arg;
	struct sample_thread *t = thread_of(g, go);
	struct go_row row = {.goid = go->goid,
			     .parent = go->parent_goid,
			     .wait_ns = go->wait_ns,
			     .wait_known = go->wait_known,
			     .wait_exact = go->wait_exact,
			     .wait = go->wait,
			     .locked = go->locked,
			     .scanning = go->scanning,
			     .moved = go->moved,
			     .tid = t ? t->tid : 0};
	struct go_row *kept;
	struct go_stay stay;
	uint64_t id;

	row.group = go_groups__find(g->groups, go, &id);
	if (g->clock) {
		stay = go_clock__see(g->clock, go, id);
		set_wait(&row, &stay);
	}
	go_groups__add(g->groups, go, &row);
	if (t)
		*ARRAY_ADD(g->joined, g->joined_count, g->joined_room) =
			(struct joined){.thread = (size_t)(t - g->s->threads),
					.group = row.group,
					.listed = g->list_room ? g->list_count : NO_INDEX,
					.row = row,
					.in_call = in_call(go, t),
					.running = go->status == GOROUTINE_RUNNING};
	else
		go_groups__add_wait(g->groups, &row);
	go_queues__add(g->queues, go, &row);
	go_locks__add(g->locks, go, &row);
	if (g->leaked)
		go_leaked__add(g->leaked, go, row.group);
	kept = g->list_room ? add_row(g) : NULL;
	go_descriptors__add(&g->descriptors, go, &row.wait, row.group, kept ? g->list_count - 1 : NO_INDEX);
	if (kept) {
		*kept = row;
		kept->label_count = go->label_count;
		kept->labels = go->label_count ? copy_labels(&g->s->arena, go) : NULL;
	}
	return 0;
}

/* ---- the reading -------------------------------------------------------------------- */

static void take_list(struct gathering *g, struct go_reading *go, const size_t *places)
{
	for (size_t i = 0; i < g->list_count; i++)
		g->list[i].group = places[g->list[i].group];
	go->list = g->s->go_list = g->list;
	g->list = NULL;
	go->list_count = g->s->go_list_count = g->list_count;
	go->lost_more += g->list_more;
}

static pid_t tid_of(const struct goroutine *go, void *arg)
{
	const struct sample_thread *t = thread_of(arg, go);

	return t ? t->tid : 0;
}

/*
 * What both sides say of a goroutine and its thread is put together only if the thread has not run in
 * between: otherwise the goroutine may have been in another call by then, or on another thread. A running
 * thread stays on its goroutine for as long as it lasts: only its number is taken.
 */
static void join_threads(struct gathering *g, const struct go_threads_now *now)
{
	bool *same = HEAP_NEW(bool, g->s->thread_count + 1);

	if (g->joined_count && now)
		now->look(now->arg, g->s, same);
	for (size_t i = 0; i < g->joined_count; i++) {
		struct joined *j = &g->joined[i];
		struct sample_thread *t = &g->s->threads[j->thread];

		if (same[j->thread] || (!t->blocked && j->running)) {
			t->goid = j->row.goid;
			t->go_running = j->running;
		}
		if (same[j->thread] && j->in_call) {
			j->row.wait_ns = t->blocked_ns;
			j->row.wait_known = j->row.wait_exact = true;
			j->row.wait_least = false;
			if (j->listed < g->list_count) {
				g->list[j->listed].wait_ns = t->blocked_ns;
				g->list[j->listed].wait_known = g->list[j->listed].wait_exact = true;
				g->list[j->listed].wait_least = false;
			}
		}
		go_groups__add_wait(g->groups, &j->row);
	}
	free(same);
}

static void finish(struct gathering *g, struct goroutines *r, struct targets *targets,
		   const struct go_threads_now *now, struct go_reading *go)
{
	const struct target *t = targets__get(targets, g->pid), *named = NULL;
	const size_t *places;
	struct go_naming naming = {.r = r,
				   .probes = g->descriptors.probes,
				   .a = &g->s->arena,
				   .thread = tid_of,
				   .thread_arg = g};

	if (t) {
		naming.process = t->process;
		go_queues__find(g->queues, &naming, go);
		if (go_locks__any(g->locks))
			named = targets__named(targets, g->pid);
		naming.symbolizer = named ? named->symbolizer : NULL;
		go_locks__find(g->locks, &naming, go);
	}
	join_threads(g, now); /* after the receivers were read, whose threads it proves as well */
	places = go_groups__finish(g->groups, go);
	for (size_t i = 0; g->clock && i < go->group_count; i++)
		go->groups[i].compared = go_clock__left(g->clock, go->groups[i].id, &go->groups[i].left);
	if (g->list_room)
		take_list(g, go, places);
	if (t)
		go_descriptors__name(&g->descriptors, r, t->process, &g->s->arena, go, places);
	if (g->leaked)
		go_leaked__find(g->leaked, r, &g->s->arena, go, places);
}

static int read_all(struct gathering *g, struct goroutines *r, unsigned want, struct go_reading *go)
{
	struct goroutines_lost lost = {0};
	int err;

	if (g->clock)
		go_clock__begin(g->clock, monotonic_ns());
	err = goroutines__read(r, want, take, g, &lost);
	if (g->clock)
		go_clock__end(g->clock, monotonic_ns(), !err && !lost.unreadable && !lost.more);
	go->lost_moved = lost.moved;
	go->lost_unreadable = lost.unreadable;
	go->lost_stacks = lost.stacks;
	go->lost_more = lost.more;
	return err;
}

/* Only those that have come since were looked at, so nothing else holds for their groups. */
static void leave_peers(struct go_reading *go)
{
	for (size_t i = 0; i < go->group_count; i++) {
		struct go_group *g = &go->groups[i];

		if (g->wait.target != GO_TARGET_FD)
			continue;
		g->wait = (struct go_wait){.fd = -1};
		g->targets = 0;
		g->targets_more = false;
		g->peer = NULL;
	}
}

struct go_reading *gather__go_report(struct sample *s, struct probes *probes, struct targets *t, pid_t pid,
				     enum goroutine_detail detail, bool leaks, struct go_clock *clock,
				     const struct go_threads_now *now)
{
	const struct goroutines_refusal *why;
	struct goroutines *r = targets__goroutines(t, pid, &why);
	struct gathering g = {.s = s, .pid = pid, .clock = clock, .descriptors = {.probes = probes}};
	bool brief = detail == GOROUTINE_BRIEF, all_peers = detail == GOROUTINE_ALL_PEERS;
	bool peers = detail == GOROUTINE_BRIEF_PEERS || all_peers;
	unsigned want = brief       ? GOROUTINES_KNOWN
			: all_peers ? GOROUTINES_FDS
			: peers     ? GOROUTINES_KNOWN | GOROUTINES_FDS
				    : GOROUTINES_LABELS | GOROUTINES_FDS;
	struct go_reading *go;

	if (!r && !*why->reason)
		return NULL;
	go = ARENA_NEW(&s->arena, struct go_reading, 1);
	if (!r) {
		go->unsure = !why->is_go;
		go->problem = arena__string(&s->arena, why->reason);
		if (*why->version)
			go->version = arena__string(&s->arena, why->version);
		return go;
	}
	go->version = arena__string(&s->arena, goroutines__version(r));
	g.queues = go_queues__new();
	g.locks = go_locks__new(r);
	g.leaked = leaks ? go_leaked__new() : NULL;
	g.groups = go_groups__new(r, &s->arena, detail == GOROUTINE_LABEL_SETS);
	index_threads(&g, pid);
	if (detail == GOROUTINE_LIST)
		ARRAY_RESERVE(g.list, g.list_room, 1); /* one of no rows is a list */
	if (read_all(&g, r, want, go))
		go->problem = "its goroutines could not be read: its memory is no longer readable";
	if (goroutines__scheduler(r, &go->scheduler))
		go->scheduler = (struct go_scheduler){0};
	if (!brief && !peers)
		goroutines__timers(r, &s->arena, &go->timers);
	finish(&g, r, t, now, go);
	if (peers)
		leave_peers(go);
	go_descriptors__free(&g.descriptors);
	go_queues__free(g.queues);
	go_locks__free(g.locks);
	go_leaked__free(g.leaked);
	go_groups__free(g.groups);
	free(g.threads);
	free(g.joined);
	free(g.list);
	return go;
}
