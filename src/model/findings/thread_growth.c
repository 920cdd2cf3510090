// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "model/findings/thread_growth.h"

#include "model/rows/history.h"
#include "model/rows/rows.h"
#include "thresholds.h"
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

/* The creator with the highest growth. */
static const struct creator_row *main_creator(const struct creator_row *list, size_t count, pid_t pid)
{
	const struct creator_row *best = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct creator_row *c = &list[i];

		if (c->pid == pid && c->growth_per_s > 0 && (!best || c->growth_per_s > best->growth_per_s))
			best = c;
	}
	return best;
}

static const char *limit_text(struct arena *a, const struct nearest *n)
{
	char time[DURATION_TEXT];

	if (!n->name)
		return "; no thread limit is known";
	if (n->limit.used >= n->limit.max)
		return arena__format(a, "; %s (%llu) is reached", n->name, (unsigned long long)n->limit.max);
	if (n->seconds > 365.0 * 86400)
		return arena__format(a, "; no thread limit is near (nearest: %s, %llu of %llu)", n->name,
				     (unsigned long long)n->limit.used, (unsigned long long)n->limit.max);
	return arena__format(a, "; %s (%llu of %llu) is reached in about %s", n->name,
			     (unsigned long long)n->limit.used, (unsigned long long)n->limit.max,
			     duration_format(time, sizeof(time), (uint64_t)(n->seconds * 1e9)));
}

/* A few threads far from every limit are normal: runtimes such as Go's start threads on demand. */
static enum severity severity(const struct nearest *n, uint64_t growth)
{
	if (n->name && n->seconds < THREAD_GROWTH_CRITICAL_S)
		return SEVERITY_CRITICAL;
	return n->name && n->seconds > THREAD_GROWTH_FAR_S && growth < THREAD_GROWTH_FEW ? SEVERITY_INFO
											 : SEVERITY_USUAL;
}

void findings__thread_growth(struct findings *f, const struct sample_process *p, const struct history *h,
			     const struct creator_row *creators, size_t creator_count)
{
	const struct creator_row *c = main_creator(creators, creator_count, p->pid);
	const char *creator = c ? row__creator_text(f->arena, &c->stack) : NULL, *by = "";
	struct nearest n = nearest_limit(p, history__rate(h));
	char span[DURATION_TEXT], rate[DURATION_TEXT];
	uint64_t first;

	if (!history__grows(h))
		return;
	first = h->points[0].value;
	if (creator)
		by = arena__format(f->arena, ", created by %s (%llu of %llu alive)", creator,
				   (unsigned long long)c->alive, (unsigned long long)c->created);
	rate_format(rate, sizeof(rate), history__rate(h));
	findings__add(
		f, &(struct finding){.kind = FINDING_THREAD_GROWTH,
				     .severity = severity(&n, p->threads > first ? p->threads - first : 0),
				     .pid = p->pid,
				     .summary = arena__format(
					     f->arena,
					     "%s (%d) gains %.*s threads%s (%llu -> %llu in %s)%s%s", p->comm,
					     p->pid, (int)strcspn(rate, "/"), rate, rate + strcspn(rate, "/"),
					     (unsigned long long)first, (unsigned long long)p->threads,
					     duration_format(span, sizeof(span), history__span_ns(h)), by,
					     limit_text(f->arena, &n))});
}
