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

/* CPU time, up to the sample before, of threads of a process that have ended since. */
static uint64_t cpu_of_ended(const struct model *m, pid_t pid)
{
	const struct sample *b = m->before, *n = m->now;
	uint64_t sum = 0;
	size_t at = 0;

	for (size_t i = 0; i < b->thread_count; i++) {
		const struct sample_thread *t = &b->threads[i];

		if (t->pid != pid)
			continue;
		while (at < n->thread_count && is_before(&n->threads[at], t))
			at++;
		if (at == n->thread_count || is_before(t, &n->threads[at]) ||
		    n->threads[at].age_ns < t->age_ns)
			sum += t->account.counts[TS_CPU_NS];
	}
	return sum;
}

void model__ended_cpu(const struct model *m, struct process_row *rows, size_t count)
{
	size_t cursor = 0;

	for (size_t i = 0, row = 0; i < m->now->thread_count; i++) {
		const struct sample_thread *t = &m->now->threads[i];
		const struct ts_account *b = account_before(m->before, t, &cursor);
		uint64_t now = t->account.ended_cpu_ns;

		while (row < count && rows[row].pid < t->pid)
			row++;
		if (row == count || t->pid != t->tid || rows[row].pid != t->pid || !now)
			continue;
		if (!b && t->age_ns > m->report.interval_ns)
			continue; /* unknown */
		now = gained_since(now, b ? b->ended_cpu_ns : 0);
		rows[row].cpu_ns += now ? gained_since(now, cpu_of_ended(m, t->pid)) : 0;
	}
}
