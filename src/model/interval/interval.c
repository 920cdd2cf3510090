// SPDX-License-Identifier: GPL-2.0-or-later
/* The report of one interval: the changes between two samples, and the state at its end. */
#include <stdlib.h>

#include "model/findings/findings.h"
#include "words/describe.h"
#include "model/interval/model_private.h"
#include "thresholds.h"
#include "model/rows/stops.h"
#include "util/clock.h"
#include "util/heap.h"

const struct sample_process *model__find_process(const struct sample *s, pid_t pid)
{
	for (size_t low = 0, high = s->process_count; low < high;) {
		size_t middle = (low + high) / 2;

		if (s->processes[middle].pid == pid)
			return &s->processes[middle];
		if (s->processes[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void count_threads(struct model *m, struct process_row *rows, size_t count)
{
	size_t row = 0, cursor = 0;

	for (size_t i = 0; i < m->now->thread_count; i++) {
		const struct sample_thread *t = &m->now->threads[i];
		uint64_t counts[TS_COUNTS];

		while (row < count && rows[row].pid < t->pid)
			row++;
		if (row == count || rows[row].pid != t->pid)
			continue;
		if (t->blocked)
			rows[row].blocked++;
		else if (t->state == 'R')
			rows[row].running++;
		rows[row].calls_unseen |= t->calls_unseen;
		model__gained(m, t, &cursor, counts);
		rows[row].cpu_ns += counts[TS_CPU_NS];
	}
}

/* Threads are sorted by PID. */
static void find_stopped(const struct sample *s, struct process_row *rows, size_t count)
{
	size_t from = 0, to = 0;

	for (size_t i = 0; i < count; i++, from = to) {
		while (from < s->thread_count && s->threads[from].pid < rows[i].pid)
			from++;
		for (to = from; to < s->thread_count && s->threads[to].pid == rows[i].pid;)
			to++;
		rows[i].stop = stop__of(s->threads + from, to - from);
	}
}

/* Both are sorted by PID. */
static void count_goroutines(struct model *m, struct process_row *rows, size_t count)
{
	const struct sample *s = m->now;
	size_t row = 0;

	for (size_t i = 0; i < s->live_count; i++) {
		const struct go_process *p = go_growth__add(m->go, &m->arena, &s->live[i], s->now_ns);

		while (row < count && rows[row].pid < s->live[i].pid)
			row++;
		if (row < count && rows[row].pid == s->live[i].pid)
			rows[row].go = p;
	}
}

/* Sorted by PID while they are filled. */
static struct process_row *process_rows(struct model *m)
{
	const struct sample *s = m->now;
	struct process_row *rows = ARENA_NEW(&m->arena, struct process_row, s->process_count + 1);

	for (size_t i = 0; i < s->process_count; i++) {
		const struct sample_process *p = &s->processes[i],
					    *b = model__find_process(m->before, p->pid);

		if (b && b->ended)
			b = NULL; /* another process had the PID */
		rows[i] = (struct process_row){.pid = p->pid,
					       .comm = p->comm,
					       .unanswered = p->unanswered,
					       .origin = row__origin(&m->arena, p, b),
					       .threads = p->ended ? 0 : p->threads,
					       .created = gained_since(p->created, b ? b->created : 0),
					       .exited = gained_since(p->exited, b ? b->exited : 0),
					       .created_total = p->created,
					       .exited_total = p->exited,
					       .ended = p->ended,
					       .exit_known = p->exit_known,
					       .exit_code = p->exit_code};
		model__last_minute(m, &rows[i], b);
	}
	count_threads(m, rows, s->process_count);
	model__storage(m, rows);
	model__ended_cpu(m, rows, s->process_count);
	find_stopped(s, rows, s->process_count);
	m->calls_unseen = ARENA_NEW(&m->arena, bool, s->process_count + 1);
	for (size_t i = 0; i < s->process_count; i++) {
		const struct sample_process *b = model__find_process(m->before, rows[i].pid);

		if (rows[i].ended && b && !b->ended)
			rows[i].calls_unseen |= m->last->calls_unseen[b - m->before->processes];
		m->calls_unseen[i] = rows[i].calls_unseen;
	}
	count_goroutines(m, rows, s->process_count);
	return rows;
}

static size_t lock_of(const struct model *m, const struct sample_thread *t)
{
	const struct interval_report *r = &m->report;
	const struct sample_lock *l = model__waited_lock(m->now, t);

	for (size_t i = 0; l && i < r->lock_count; i++)
		if (r->locks[i].pid == l->pid && r->locks[i].address == l->address)
			return i;
	return NO_INDEX;
}

static int by_pid(const void *key, const void *element)
{
	pid_t pid = *(const pid_t *)key, other = ((const struct process_row *)element)->pid;

	return (pid > other) - (pid < other);
}

/* While processes are in the order of PIDs. */
static bool is_go(const struct interval_report *r, pid_t pid)
{
	const struct process_row *p = r->process_count ? bsearch(&pid, r->processes, r->process_count,
								 sizeof(*r->processes), by_pid)
						       : NULL;

	return p && p->go;
}

static int by_tid(const void *a, const void *b, void *threads)
{
	const struct thread_row *rows = threads;
	pid_t x = rows[*(const size_t *)a].tid, y = rows[*(const size_t *)b].tid;

	return (x > y) - (x < y);
}

static void order_threads(struct model *m, struct thread_row *rows)
{
	size_t *order = ARENA_NEW(&m->arena, size_t, m->report.thread_count + 1);

	for (size_t i = 0; i < m->report.thread_count; i++)
		order[i] = i;
	if (m->report.thread_count)
		qsort_r(order, m->report.thread_count, sizeof(*order), by_tid, rows);
	m->report.thread_order = order;
}

/* That its lock has not been signalled for long, in the words of its wait, too. */
static void note_signal(const struct model *m, struct wait *w)
{
	const struct lock_row *l = w->lock < m->report.lock_count ? &m->report.locks[w->lock] : NULL;

	if (!l || l->unsignalled_ns < NS_OF_S(UNSIGNALLED_S))
		return;
	w->signal_of = l->kind;
	w->unsignalled_ns = l->unsignalled_ns;
}

static void thread_rows(struct model *m)
{
	const struct sample *s = m->now;
	struct thread_row *rows = ARENA_NEW(&m->arena, struct thread_row, s->thread_count + 1);
	const struct crowd *crowd = crowd__of(&m->arena, s);
	const struct link_row *links = row__links(&m->arena, s);
	size_t cursor = 0;

	for (size_t i = 0; i < s->thread_count; i++) {
		row__thread(&rows[i], &s->threads[i], lock_of(m, &s->threads[i]), crowd,
			    is_go(&m->report, s->threads[i].pid));
		row__chain(&rows[i], s, &s->threads[i], links);
		row__writer(&rows[i], &m->arena, s, &s->threads[i]);
		note_signal(m, &rows[i].wait);
		model__gained(m, &s->threads[i], &cursor, rows[i].counts);
		if (rows[i].halt.quota_ns)
			row__count_from(&rows[i].halt, sample__account(m->before, rows[i].pid, rows[i].pid));
	}
	model__wait_places(m, rows);
	if (s->thread_count)
		qsort(rows, s->thread_count, sizeof(*rows), order__by_wait);
	m->report.threads = rows;
	m->report.thread_count = s->thread_count;
	order_threads(m, rows);
	ranking__threads(&m->arena, &m->report);
}

#define MOST_BPF_NS 1e19 /* below 2^64 */

static void cost(struct model *m)
{
	const struct sample *n = m->now, *b = m->before;
	struct cost_row *c = &m->report.cost;
	double bpf_ns = (double)n->bpf_ns_per_s * (double)m->report.interval_ns / 1e9;

	c->wall_ns = m->report.interval_ns;
	c->cpu_ns = gained_since(n->cpu_ns, c->wall_ns ? b->cpu_ns : 0);
	c->rss_bytes = n->rss_bytes;
	c->maps_bytes = n->maps_bytes;
	c->attach_ns = n->attach_ns;
	c->restarts = n->restarts;
	c->bpf_ns = n->bpf_ns_per_s == UINT64_MAX || bpf_ns > MOST_BPF_NS ? UINT64_MAX : (uint64_t)bpf_ns;
}

static void make_report(struct model *m)
{
	struct interval_report *r = &m->report;
	struct process_row *processes;
	struct lock_row *locks;

	*r = (struct interval_report){.time_ns = m->now->time_ns,
				      .every_process = m->every_process,
				      .interval_ns = gained_since(m->now->now_ns, m->before->now_ns),
				      .watched_ns = gained_since(m->now->now_ns, m->started_ns)};
	r->processes = processes = process_rows(m);
	r->process_count = m->now->process_count;
	locks = model__locks(m, processes, r->process_count);
	model__files(m, processes, r->process_count);
	thread_rows(m);
	model__idle_locks(m, locks);
	model__calls(m);
	model__timed_calls(m);
	model__mapped(m);
	model__creators(m);
	model__findings(m);
	if (r->process_count)
		qsort(processes, r->process_count, sizeof(*processes), order__by_load);
	r->losses = row__losses(&m->arena, m->now, NULL, &r->loss_count);
	cost(m);
	for (size_t i = 0; i < m->now->process_count; i++)
		if (m->now->processes[i].ended)
			model__forget_process(m, m->now->processes[i].pid);
}

/*
 * The first sample provides the time and what counts from the start of threads: CPU times, bytes of storage.
 * Its other counts, since attach, belong to the first interval.
 */
static struct sample *base_line(const struct sample *s)
{
	struct sample *base = HEAP_NEW(struct sample, 1);

	base->time_ns = s->time_ns;
	base->now_ns = s->now_ns;
	base->cpu_ns = s->cpu_ns;
	base->restarts = s->restarts;
	base->threads = HEAP_NEW(struct sample_thread, s->thread_count + 1);
	base->thread_count = s->thread_count;
	for (size_t i = 0; i < s->thread_count; i++) {
		const struct sample_thread *t = &s->threads[i];

		base->threads[i] = (struct sample_thread){
			.pid = t->pid, .tid = t->tid, .age_ns = t->age_ns, .account = t->account};
	}
	model__storage_only(base, s);
	return base;
}

const struct interval_report *model__interval(struct model *m, struct sample *s)
{
	struct findings unused = {.arena = &m->arena};
	struct sample *base;

	if (m->last && s->restarts != m->now->restarts)
		model__begin_again(m);
	if (!m->last) {
		bool continued = m->started_ns != 0;

		m->now = base = continued ? s : base_line(s);
		m->files = ARENA_NEW(&m->arena, struct file_memory, base->file_count + 1);
		m->calls_unseen = ARENA_NEW(&m->arena, bool, base->process_count + 1);
		model__storage_base(m, base);
		for (size_t i = 0; i < s->live_count; i++)
			go_growth__add(m->go, &m->arena, &s->live[i], s->now_ns);
		model__log_queues(m, &unused, s);
		if (!continued) {
			m->started_ns = s->now_ns;
			sample__free(s);
		}
		model__hold(m, base);
		return NULL;
	}
	m->before = m->now;
	m->now = s;
	make_report(m);
	return model__hold(m, s);
}

const struct interval_report *model__look(struct model *m, struct sample *s)
{
	struct sample *base = base_line(s);

	s->bpf_ns_per_s = UINT64_MAX;
	m->started_ns = s->now_ns;
	m->calls_unseen = ARENA_NEW(&m->arena, bool, base->process_count + 1);
	model__storage_base(m, base);
	model__hold(m, base);
	m->before = base;
	m->now = s;
	make_report(m);
	return model__hold(m, s);
}
