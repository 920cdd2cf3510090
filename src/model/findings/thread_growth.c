// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding: threads pile up, by whom, how fast, and what they will run into. */
#include <stdio.h>
#include <string.h>

#include "model/interval/model_private.h"
#include "util/duration.h"

struct nearest {
	const char *name;
	struct thread_limit limit;
	double seconds; /* until it is reached at this rate */
};

static void consider(struct nearest *n, const char *name, const struct thread_limit *limit, double rate)
{
	double seconds;

	if (limit->max == LIMIT_NONE || rate <= 0)
		return;
	seconds = limit->max > limit->used ? (double)(limit->max - limit->used) / rate : 0;
	if (!n->name || seconds < n->seconds)
		*n = (struct nearest){.name = name, .limit = *limit, .seconds = seconds};
}

static struct nearest nearest_limit(const struct sample_process *p, double rate)
{
	struct nearest n = {0};

	if (!p->has_limits)
		return n;
	consider(&n, "pids.max of its cgroup", &p->limits.pids_cgroup, rate);
	consider(&n, "RLIMIT_NPROC of its user", &p->limits.nproc, rate);
	consider(&n, "kernel.threads-max", &p->limits.system, rate);
	return n;
}

/* The creator whose threads grow most. */
static const struct creator_row *main_creator(const struct model *m, pid_t pid)
{
	const struct creator_row *best = NULL;

	for (size_t i = 0; i < m->report.creator_count; i++) {
		const struct creator_row *c = &m->report.creators[i];

		if (c->pid == pid && c->growth_per_s > 0 && (!best || c->growth_per_s > best->growth_per_s))
			best = c;
	}
	return best;
}

static const char *limit_text(struct arena *a, const struct nearest *n)
{
	char time[DURATION_TEXT];

	if (!n->name)
		return "; no limit on threads is known to be near";
	if (n->limit.used >= n->limit.max)
		return arena__format(a, "; %s (%llu) is reached", n->name, (unsigned long long)n->limit.max);
	if (n->seconds > 365.0 * 86400)
		return arena__format(a, "; %s (%llu of %llu) is far", n->name,
				     (unsigned long long)n->limit.used, (unsigned long long)n->limit.max);
	return arena__format(a, "; %s (%llu of %llu) is reached in about %s", n->name,
			     (unsigned long long)n->limit.used, (unsigned long long)n->limit.max,
			     duration_format(time, sizeof(time), (uint64_t)(n->seconds * 1e9)));
}

#define FEW_THREADS 16
#define DAY_S       86400.0

/* A few threads that no limit is near to are how many a runtime finds that it needs, as Go's does. */
static const char *severity(const struct nearest *n, uint64_t growth)
{
	if (n->name && n->seconds < 600)
		return "critical";
	return n->name && n->seconds > DAY_S && growth < FEW_THREADS ? "info" : "warning";
}

static void say_growth(struct model *m, struct findings *f, const struct sample_process *p,
		       const struct history *h)
{
	const struct creator_row *c = main_creator(m, p->pid);
	const char *creator = c ? row__creator_text(&m->arena, &c->stack) : NULL, *by = "";
	struct nearest n = nearest_limit(p, history__rate(h));
	char span[DURATION_TEXT], rate[DURATION_TEXT];
	uint64_t first = h->points[0].value;

	if (creator)
		by = arena__format(&m->arena, ", made by %s (%llu alive of %llu)", creator,
				   (unsigned long long)c->alive, (unsigned long long)c->created);
	findings__add(f,
		      &(struct finding){
			      .kind = "thread-growth",
			      .severity = severity(&n, p->threads > first ? p->threads - first : 0),
			      .pid = p->pid,
			      .summary = arena__format(
				      &m->arena, "threads of %s (%d) grow by %s, from %llu to %llu in %s%s%s",
				      p->comm, p->pid, rate_format(rate, sizeof(rate), history__rate(h)),
				      (unsigned long long)first, (unsigned long long)p->threads,
				      duration_format(span, sizeof(span), history__span_ns(h)), by,
				      limit_text(&m->arena, &n))});
}

void model__growth(struct model *m, struct findings *f)
{
	for (size_t i = 0; i < m->now->process_count; i++) {
		const struct sample_process *p = &m->now->processes[i];
		struct history *h;

		if (p->ended)
			continue;
		h = &model__memory(m, MEMORY_PROCESS, p->pid, 0)->history;
		history__add(h, m->now->now_ns, p->threads);
		if (history__grows(h))
			say_growth(m, f, p, h);
	}
}
