// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/series.h"

#include <errno.h>

#include "cli/session.h"
#include "facts/saved/order.h"
#include "views/export/folded.h"

static void drop_last(struct series *s)
{
	arena__free(&s->arena);
	sample__free(s->sample);
	s->sample = NULL;
	s->report = NULL;
}

/* What is summed over the snapshots. Of the last one it matters that it is the last, so each is added once
 * that is known. */
static void sum_up(struct series *s, struct snapshot_outlet *to, bool last)
{
	exports__add(&to->exports, s->report, last);
	if (to->o->folded)
		fold__add(&s->fold, s->report, to->o->idle, last);
}

/* Each snapshot is printed in full, not only the last. */
static bool prints_each(const struct snapshot_outlet *to)
{
	return to->view->each || (to->out->all && to->view->snapshot_summary);
}

static void print(struct snapshot_outlet *to, const struct snapshot_report *r)
{
	/* Text for people: a separator before the next snapshot. */
	if (to->view->snapshot_summary && (to->printed++ || (r->of > 1 && !prints_each(to))))
		fputc('\n', to->out->out);
	to->view->snapshot(to->out, r);
}

/* --tid was given, and none of these threads exists. */
static bool none_of_them(const struct snapshot_outlet *to, const struct snapshot_report *r)
{
	for (size_t i = 0; i < r->thread_count; i++)
		for (size_t k = 0; k < to->o->tid_count; k++)
			if (r->threads[i].tid == to->o->tids[k])
				return false;
	return to->o->tid_count > 0;
}

int series__add(struct series *s, struct snapshot_outlet *to, struct sample *sample,
		const struct saved_snapshot *h)
{
	struct selection which = options__selection(to->o);
	struct snapshot_options so = {.which = &which, .number = h->number, .of = h->of};

	if (s->report)
		sum_up(s, to, false);
	drop_last(s);
	s->sample = sample;
	s->pid = sample->processes[0].pid;
	if (h->of > 1 && !s->motion)
		s->motion = motion__new();
	if (h->of > 1 && !s->growth)
		s->growth = go_growth__new();
	if (h->of > 1 && !s->queues)
		s->queues = queue_memory__new();
	so.motion = s->motion;
	so.growth = s->growth;
	so.queues = s->queues;
	s->report = model__snapshot(&s->arena, sample, &so);
	s->report->cost.wall_ns = h->wall_ns;
	if (h->number == 1 && none_of_them(to, s->report))
		return complain(STATUS_NO_TARGET, "process %d has no thread %d", (int)s->pid,
				(int)to->o->tids[0]);
	to->found = to->found ||
		    fail_on__found(&to->o->fail_on, s->report->findings, s->report->finding_count, false);
	if (prints_each(to))
		print(to, s->report);
	else if (h->number < h->of && to->view->snapshot_summary)
		to->view->snapshot_summary(to->out, s->report);
	return STATUS_DONE;
}

void series__end(struct series *s, struct snapshot_outlet *to)
{
	if (!s->report)
		return;
	sum_up(s, to, true);
	if (to->o->folded)
		folded__print(to->out, &s->fold);
	else if (!prints_each(to))
		print(to, s->report);
	drop_last(s);
}

void series__free(struct series *s)
{
	drop_last(s);
	fold__free(&s->fold);
	motion__free(s->motion);
	go_growth__free(s->growth);
	queue_memory__free(s->queues);
	*s = (struct series){0};
}

/* ---- of several processes ---------------------------------------------------------------------- */

static struct series *find(struct many_series *m, pid_t pid)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->list[i].pid == pid)
			return &m->list[i];
	return NULL;
}

static void end(struct many_series *m, struct snapshot_outlet *to, struct series *s)
{
	series__end(s, to);
	series__free(s);
	*s = m->list[--m->count];
	m->list[m->count] = (struct series){0};
}

int many_series__add(struct many_series *m, struct snapshot_outlet *to, struct sample *sample,
		     const struct saved_snapshot *h, int *ret_status)
{
	struct series *s = sample__of_one_process(sample) ? find(m, sample->processes[0].pid) : NULL;

	if (!s && sample__of_one_process(sample) && m->count < MAX_TARGETS)
		s = &m->list[m->count++];
	if (!s) {
		sample__free(sample);
		return -EINVAL;
	}
	*ret_status = series__add(s, to, sample, h);
	if (!*ret_status && h->number == h->of)
		end(m, to, s);
	return 0;
}

void many_series__end_of(struct many_series *m, struct snapshot_outlet *to, pid_t pid)
{
	struct series *s = find(m, pid);

	if (s)
		end(m, to, s);
}

void many_series__end(struct many_series *m, struct snapshot_outlet *to)
{
	for (size_t i = 0; i < m->count; i++)
		series__end(&m->list[i], to);
}

void many_series__free(struct many_series *m)
{
	for (size_t i = 0; i < m->count; i++)
		series__free(&m->list[i]);
	m->count = 0;
}
