// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/first_look.h"

#include <stdlib.h>

#include "cli/named_processes.h"
#include "collect/collector.h"
#include "model/interval/model.h"
#include "util/budget.h"
#include "util/heap.h"

struct first_look {
	struct probes *probes;
	struct collector *collectors[MAX_TARGETS]; /* one per process; the report has their texts */
	size_t count;
	struct model *model;
	const struct interval_report *report;
};

static int by_number(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

/* Sorted, at most MAX_TARGETS. Those of a name that has more are not looked at. */
static size_t find_targets(const struct session *s, pid_t pids[MAX_TARGETS])
{
	size_t count = 0;

	for (size_t i = 0; i < s->process_count; i++)
		pids[count++] = process__pid(s->processes[i]);
	if (s->o->name_count)
		count = named_processes__find(s->o, pids);
	if (count > MAX_TARGETS)
		return 0;
	if (count)
		qsort(pids, count, sizeof(*pids), by_number);
	return count;
}

/* Another process may have the number meanwhile. */
static bool has_ended(const struct session *s, pid_t pid)
{
	for (size_t i = 0; i < s->process_count; i++)
		if (process__pid(s->processes[i]) == pid)
			return !process__alive(s->processes[i]);
	return false;
}

/* Adds a process to the sample; one that has ended meanwhile is left out. */
static void look_at(struct first_look *l, const struct session *s, pid_t pid, struct sample **sample)
{
	struct collector_options co = {
		.only_pid = pid, .lines = options__lines(s->o), .count_goroutines = true};
	struct sample *one;

	if (probes__add_target(l->probes, pid, false))
		return;
	l->collectors[l->count++] = collector__new(l->probes, &co);
	if (collector__snapshot(l->collectors[l->count - 1], pid, &one))
		return;
	if (has_ended(s, pid))
		sample__free(one);
	else if (*sample)
		sample__join(*sample, one);
	else
		*sample = one;
}

struct first_look *first_look__take(const struct session *s)
{
	struct probes_options po = {.targets = PROBES_SET, .snapshot = true, .wishes = s->o->hooks};
	struct first_look *l = HEAP_NEW(struct first_look, 1);
	pid_t pids[MAX_TARGETS];
	size_t count = find_targets(s, pids);
	struct sample *sample = NULL;
	struct features features;

	if (!count || probes__open(&po, &features, &l->probes)) {
		l->probes = NULL;
		first_look__free(l);
		return NULL;
	}
	budget__expect(count);
	for (size_t i = 0; i < count; i++)
		look_at(l, s, pids[i], &sample);
	if (!sample) {
		first_look__free(l);
		return NULL;
	}
	l->model = model__new();
	l->report = model__look(l->model, sample);
	return l;
}

const struct interval_report *first_look__report(const struct first_look *l)
{
	return l->report;
}

void first_look__give_ages(const struct first_look *l, struct collector *to)
{
	for (size_t i = 0; i < l->count; i++)
		collector__take_ages(to, l->collectors[i]);
}

void first_look__free(struct first_look *l)
{
	if (!l)
		return;
	model__free(l->model);
	for (size_t i = 0; i < l->count; i++)
		collector__free(l->collectors[i]);
	probes__close(l->probes);
	free(l);
}
