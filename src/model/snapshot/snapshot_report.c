// SPDX-License-Identifier: GPL-2.0-or-later
/* The report of one sample: threads, the locks that they wait on, deadlocks, and groups of equal stacks.
 */
#include <stdlib.h>
#include <string.h>

#include "model/findings/goroutine_findings.h"
#include "model/findings/hanging_calls.h"
#include "model/findings/hangs.h"
#include "model/findings/hung_servers.h"
#include "model/findings/log_queue.h"
#include "model/go/go_threads.h"
#include "model/go/queue_readers.h"
#include "model/snapshot/groups.h"
#include "model/snapshot/snapshot_report.h"
#include "model/rows/deadlocks.h"
#include "model/rows/ranking.h"
#include "model/rows/rows.h"
#include "model/rows/stops.h"
#include "waits/wait.h"
#include "words/describe.h"

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

/* The lock of a futex word; facts are sorted by word, and the words of one lock are adjacent. */
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
			row__likely_holder(&rows[count - 1], l);
			continue;
		}
		rows[count++] = (struct lock_row){.pid = l->pid,
						  .address = l->address,
						  .words_from = l->word,
						  .words_to = l->word,
						  .symbol = l->symbol,
						  .type = l->type,
						  .by_virtual = l->by_virtual,
						  .native_type = l->native_type,
						  .kind = l->kind,
						  .owner_tid = l->owner_tid,
						  .held_ns = l->held_ns,
						  .outside = l->outside,
						  .reused = l->reused};
		row__likely_holder(&rows[count - 1], l);
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

/* ---- the report ----------------------------------------------------------------------- */

static struct thread_row *fill_threads(struct arena *a, struct snapshot_report *r, const struct sample *s,
				       const struct lock_row *locks, size_t lock_count, bool go)
{
	struct thread_row *rows = ARENA_NEW(a, struct thread_row, s->thread_count + 1);
	const struct link_row *links = row__links(a, s);
	const struct crowd *crowd = crowd__of(a, s);

	for (size_t i = 0; i < s->thread_count; i++) {
		row__thread(&rows[i], &s->threads[i],
			    s->threads[i].lock_address
				    ? lock_of_word(locks, lock_count, s->threads[i].lock_address)
				    : NO_INDEX,
			    crowd, go);
		row__chain(&rows[i], s, &s->threads[i], links);
	}
	r->threads = rows;
	r->thread_count = s->thread_count;
	return rows;
}

/* Locks, deadlocks and findings cover all threads. */
static void leave_out(struct snapshot_report *r, struct thread_row *threads, const struct selection *which)
{
	r->selected = selection__any(which);
	for (size_t i = 0; i < r->thread_count; i++)
		threads[i].left_out = !selection__takes(which, &threads[i], r->locks, r->lock_count);
}

/* Facts from several readings. */
static const struct go_process *grown(struct arena *a, struct go_growth *growth, const struct sample *s)
{
	struct sample_go go = {.pid = s->processes[0].pid, .report = s->go};

	if (!growth || !s->go)
		return NULL;
	go.problem = s->go->problem;
	go.count = s->go->total;
	go.system = s->go->system;
	return go_growth__add(growth, a, &go, s->now_ns);
}

static void fill_findings(struct arena *a, struct snapshot_report *r, const struct naming *names,
			  const struct deadlocks *deadlocks, const struct go_process *go,
			  struct queue_memory *queues, uint64_t now_ns)
{
	struct findings f = {.arena = a};
	bool *in_call = ARENA_NEW(a, bool, r->thread_count + 1);
	const struct hang_facts facts = {.names = names, .deadlocks = deadlocks, .in_call = in_call};

	findings__hanging_calls(&f, names, in_call);
	findings__hung_servers(&f, names, in_call);
	findings__hangs(&f, &facts);
	if (r->go)
		findings__log_queues(&f, r->go->reading, r->go->queues, r->go->locks, r->pid, queues, now_ns);
	findings__goroutines(&f, go, r->pid, r->comm);
	findings__sort(&f);
	r->findings = f.list;
	r->finding_count = f.count;
}

struct snapshot_report *model__snapshot(struct arena *a, const struct sample *s,
					const struct snapshot_options *o)
{
	static const struct snapshot_options none = {0};
	struct snapshot_report *r = ARENA_NEW(a, struct snapshot_report, 1);
	struct lock_row *locks = lock_rows(a, s, &r->lock_count);
	struct thread_row *threads;
	struct deadlocks deadlocks;
	struct naming names;
	bool go = s->go && !s->go->unsure;

	o = o ? o : &none;
	r->time_ns = s->time_ns;
	r->number = o->number ? o->number : 1;
	r->of = o->of ? o->of : 1;
	r->kernel = s->kernel;
	r->arch = s->arch;
	r->pid = s->processes[0].pid;
	r->comm = s->processes[0].comm;
	r->exe = s->exe;
	r->cmdline = s->cmdline;
	r->origin = row__origin(a, &s->processes[0], NULL);
	r->stop = stop__of(s->threads, s->thread_count);
	r->runtime_kind = "native";
	r->locks = locks;
	threads = fill_threads(a, r, s, locks, r->lock_count, go);
	if (o->motion)
		motion__mark(o->motion, threads, r->thread_count, s->now_ns);
	find_waiters(a, locks, r->threads, r->thread_count);
	for (size_t i = 0; i < r->lock_count; i++)
		ranking__lock(&locks[i], go);
	ranking__snapshot_locks(a, r);
	names = naming__of_snapshot(r);
	deadlocks = deadlocks__find(a, &names);
	r->deadlocks = deadlocks.list;
	r->deadlock_count = deadlocks.count;
	leave_out(r, threads, o->which);
	if (s->go && !go) {
		r->runtime_kind = "unknown";
	} else if (go) {
		r->go = go_threads__join(a, s->go, r->threads, r->thread_count);
		r->runtime_kind = "go";
		r->runtime_version = s->go->version;
	}
	model__groups(a, r);
	fill_findings(a, r, &names, &deadlocks, grown(a, o->growth, s), o->queues, s->now_ns);
	r->losses = row__losses(a, s, NULL, &r->loss_count);
	r->cost = (struct cost_row){.cpu_ns = s->cpu_ns, .bpf_ns = UINT64_MAX, .rss_bytes = s->rss_bytes};
	return r;
}
