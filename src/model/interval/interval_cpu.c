// SPDX-License-Identifier: GPL-2.0-or-later
/* What the scheduler's accounts of threads gained in an interval, those of ended threads included. */
#include "model/interval/model_private.h"
#include "util/clock.h"

/* The account of a thread in the sample before; NULL: there was no such thread. Threads come in the order of
 * the sample. */
static const struct ts_account *account_before(const struct sample *b, const struct sample_thread *t,
					       size_t *cursor)
{
	while (*cursor < b->thread_count &&
	       (b->threads[*cursor].pid < t->pid ||
		(b->threads[*cursor].pid == t->pid && b->threads[*cursor].tid < t->tid)))
		(*cursor)++;
	if (*cursor < b->thread_count && b->threads[*cursor].pid == t->pid &&
	    b->threads[*cursor].tid == t->tid && b->threads[*cursor].age_ns <= t->age_ns)
		return &b->threads[*cursor].account;
	return NULL;
}

void model__gained(const struct model *m, const struct sample_thread *t, size_t *cursor,
		   uint64_t ret[TS_COUNTS])
{
	static const struct ts_account nothing;
	const struct ts_account *b = account_before(m->before, t, cursor);

	if (!b)
		b = t->age_ns <= m->report.interval_ns ? &nothing : &t->account;
	for (int i = 0; i < TS_COUNTS; i++)
		ret[i] = gained_since(t->account.counts[i], b->counts[i]);
}

static bool is_before(const struct sample_thread *a, const struct sample_thread *b)
{
	return a->pid != b->pid ? a->pid < b->pid : a->tid < b->tid;
}

/* Where the threads of a process begin, or would. */
static size_t first_of(const struct sample *s, pid_t pid)
{
	size_t from = 0, to = s->thread_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (s->threads[middle].pid < pid)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* CPU time, up to the sample before, of threads of a process that have ended since. */
static uint64_t cpu_of_ended(const struct model *m, pid_t pid)
{
	const struct sample *b = m->before, *n = m->now;
	size_t at = first_of(n, pid);
	uint64_t sum = 0;

	for (size_t i = first_of(b, pid); i < b->thread_count && b->threads[i].pid == pid; i++) {
		const struct sample_thread *t = &b->threads[i];

		while (at < n->thread_count && is_before(&n->threads[at], t))
			at++;
		if (at == n->thread_count || is_before(t, &n->threads[at]) ||
		    n->threads[at].age_ns < t->age_ns)
			sum += t->account.counts[TS_CPU_NS];
	}
	return sum;
}

/*
 * What is new in the sum of ended threads, without what these had before. One that ends after the sum was
 * read, and before it would have been read itself, is in neither: what it had is missing, and comes with the
 * next sample.
 */
static uint64_t gained_by_ended(uint64_t new, uint64_t before, uint64_t *missing)
{
	new = gained_since(new, *missing);
	*missing = gained_since(before, new);
	return gained_since(new, before);
}

void model__ended_cpu(struct model *m, struct process_row *rows, size_t count)
{
	size_t cursor = 0;

	for (size_t i = 0, row = 0; i < m->now->thread_count; i++) {
		const struct sample_thread *t = &m->now->threads[i];
		const struct ts_account *b = account_before(m->before, t, &cursor);
		uint64_t new = gained_since(t->account.ended_cpu_ns, b ? b->ended_cpu_ns : 0);

		while (row < count && rows[row].pid < t->pid)
			row++;
		if (row == count || t->pid != t->tid || rows[row].pid != t->pid)
			continue;
		if (!b && t->age_ns > m->report.interval_ns)
			continue; /* unknown */
		rows[row].cpu_ns +=
			gained_by_ended(new, b ? cpu_of_ended(m, t->pid) : 0, &m->sums[row].ended_cpu_ns);
	}
}
