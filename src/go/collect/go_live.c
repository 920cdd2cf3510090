// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/go_live.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "go/runtime/goroutines.h"
#include "go/collect/go_clock.h"
#include "go/collect/go_reading.h"
#include "util/clock.h"
#include "util/heap.h"
#include "util/pid_table.h"

#define WAIT_MAX 64 /* samples between two tries */

/* All goroutines are reread after this multiple of the last reading's CPU time: 1 % of a CPU while their
 * number grows or channels are full, otherwise 0.1 %. */
#define GROWING_SHARE 100
#define STEADY_SHARE  1000
#define MIN_GROWTH    10
#define MIN_GAP_NS    900000000ull
#define FORGET_AFTER  64 /* readings, after which unused names and stacks are dropped */

struct watched {
	unsigned wait,
		gap; /* unreadable: samples until the next try, and between that and the following one */
	struct go_clock *clock;
	unsigned readings;
	uint64_t read_ns, read_cpu_ns,
		read_count;         /* time, cost and number of goroutines of the last reading */
	bool resolves;              /* goroutines were waiting for a name server */
	bool queues;                /* it had full channels, or locks that several wait for */
	uint64_t io_first, io_last; /* goroutines in IO wait at the first reading and the last */
};

struct go_live {
	struct probes *probes;
	struct targets *targets;
	const struct go_threads_now *now; /* of this sample */
	struct pid_table *table;          /* of struct watched */
};

static void end_watch(void *piece)
{
	go_clock__free(((struct watched *)piece)->clock);
}

struct go_live *go_live__new(struct probes *p, struct targets *t)
{
	struct go_live *l = HEAP_NEW(struct go_live, 1);

	l->table = pid_table__new(sizeof(struct watched), end_watch);
	l->probes = p;
	l->targets = t;
	return l;
}

void go_live__free(struct go_live *l)
{
	if (!l)
		return;
	pid_table__free(l->table);
	free(l);
}

void go_live__forget(struct go_live *l, pid_t pid)
{
	pid_table__forget(l->table, pid);
}

struct go_clock *go_live__clock(struct go_live *l, pid_t pid)
{
	struct watched *w = pid_table__at(l->table, pid);

	if (!w->clock)
		w->clock = go_clock__new();
	return w->clock;
}

static bool due(const struct watched *w, uint64_t count, uint64_t now_ns)
{
	bool often = w->queues || w->resolves || count >= w->read_count + MIN_GROWTH;
	uint64_t share = often ? GROWING_SHARE : STEADY_SHARE;
	uint64_t passed = now_ns - w->read_ns;

	return !w->readings || (passed >= MIN_GAP_NS && passed / share >= w->read_cpu_ns);
}

static bool is_crowded(const struct go_reading *go)
{
	for (size_t i = 0; i < go->lock_count; i++)
		if (go->locks[i].kind != GO_LOCK_WAIT_GROUP && go->locks[i].waiters > 1)
			return true;
	return false;
}

/* In Go's own resolver, net/dnsclient_unix.go. */
static bool is_resolving(const struct go_reading *go)
{
	for (size_t i = 0; i < go->group_count; i++)
		for (size_t k = 0; k < go->groups[i].stack.count; k++) {
			const char *function = go->groups[i].stack.frames[k].function;

			if (function && !strcmp(function, "net.(*Resolver).exchange"))
				return true;
		}
	return false;
}

static uint64_t in_io_wait(const struct go_reading *go)
{
	for (size_t i = 0; i < go->state_count; i++)
		if (!strcmp(go->states[i].state, "IO wait"))
			return go->states[i].count;
	return 0;
}

static void read_all(struct go_live *l, struct sample *s, struct goroutines *r, struct sample_go *go)
{
	struct go_clock *clock = go_live__clock(l, go->pid);
	struct watched *w = pid_table__at(l->table, go->pid);
	uint64_t before_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	enum goroutine_detail detail;

	if (!due(w, go->count, s->now_ns))
		return;
	if (++w->readings % FORGET_AFTER == 0)
		goroutines__forget(r);
	/* Which server does not answer is looked for from the second reading on. */
	detail = w->resolves                              ? GOROUTINE_ALL_PEERS
		 : w->io_last >= w->io_first + MIN_GROWTH ? GOROUTINE_BRIEF_PEERS
							  : GOROUTINE_BRIEF;
	go->report = gather__go_report(s, l->probes, l->targets, go->pid, detail, false, clock, l->now);
	w->queues = go->report && (go->report->queue_count || is_crowded(go->report));
	w->resolves = go->report && is_resolving(go->report);
	w->io_last = go->report ? in_io_wait(go->report) : 0;
	if (w->readings == 1 || w->io_last < w->io_first)
		w->io_first = w->io_last;
	w->read_ns = s->now_ns;
	w->read_count = go->count;
	w->read_cpu_ns = go->read_cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - before_ns;
}

/* A program that has just started is not readable yet: tries again, less and less often. */
static void try_again(struct go_live *l, pid_t pid)
{
	struct watched *w = pid_table__at(l->table, pid);

	if (w->wait--)
		return;
	targets__forget_goroutines(l->targets, pid);
	w->wait = w->gap ? w->gap : 1;
	w->gap = w->wait < WAIT_MAX ? 2 * w->wait : WAIT_MAX;
}

static void take_counts(struct sample_go *go, const struct goroutines_count *c)
{
	go->count = c->count;
	go->system = c->system;
	go->made = c->made;
	go->exact = c->exact;
	go->procs = c->procs;
	go->threads = c->threads;
	go->threads_max = c->threads_max;
	go->timers = c->timers;
	go->timers_known = c->timers_known;
}

/* False: not a Go program, or not known to be one. all: reads all goroutines, too, if that is due. */
static bool count(struct go_live *l, struct sample *s, struct sample_go *ret, bool all)
{
	struct goroutines_count c;
	const struct goroutines_refusal *why;
	struct goroutines *r = targets__goroutines(l->targets, ret->pid, &why);

	if (!r && !*why->reason)
		return false;
	if (!r) {
		bool is_go = why->is_go;

		if (*why->version)
			ret->version = arena__string(&s->arena, why->version);
		ret->problem = arena__string(&s->arena, why->reason);
		try_again(l, ret->pid);
		return is_go;
	}
	ret->version = arena__string(&s->arena, goroutines__version(r));
	if (goroutines__count(r, &c)) {
		ret->problem = "the variables of its scheduler were not found, or are no longer readable";
		return true;
	}
	take_counts(ret, &c);
	if (all)
		read_all(l, s, r, ret);
	/* They may be many more than before: counted again, so that no group has more than all. */
	if (ret->report && !goroutines__count(r, &c))
		take_counts(ret, &c);
	return true;
}

struct thread_limit go_live__thread_limit(struct go_live *l, pid_t pid)
{
	const struct goroutines_refusal *why;
	struct goroutines *r = targets__goroutines(l->targets, pid, &why);
	struct goroutines_count c;

	if (!r || goroutines__count(r, &c))
		return (struct thread_limit){0};
	return (struct thread_limit){c.threads, c.threads_max};
}

static void look(struct go_live *l, struct sample *s, bool all)
{
	s->live = HEAP_NEW(struct sample_go, s->process_count + 1);
	for (size_t i = 0; i < s->process_count; i++) {
		struct sample_go *go = &s->live[s->live_count];

		*go = (struct sample_go){.pid = s->processes[i].pid};
		if (!s->processes[i].ended && count(l, s, go, all))
			s->live_count++;
	}
}

void go_live__read(struct go_live *l, struct sample *s, const struct go_threads_now *now)
{
	l->now = now;
	look(l, s, true);
}

void go_live__count(struct go_live *l, struct sample *s)
{
	look(l, s, false);
}
