// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "model/findings/thread_growth.h"

#include "model/findings/pool_names.h"
#include "model/go/go_keepers.h"
#include "model/rows/history.h"
#include "model/rows/rows.h"
#include "report/go_rows.h"
#include "thresholds.h"
#include "util/duration.h"
#include "words/describe.h"

struct nearest {
	const char *name;
	struct thread_limit limit;
	double seconds; /* until it is reached at this rate */
};

static void consider(struct nearest *n, const char *name, const struct thread_limit *limit, double rate)
{
	double seconds;

	if (limit->max == LIMIT_NONE || !limit->max || rate <= 0)
		return;
	seconds = limit->max > limit->used ? (double)(limit->max - limit->used) / rate : 0;
	if (!n->name || seconds < n->seconds)
		*n = (struct nearest){.name = name, .limit = *limit, .seconds = seconds};
}

static struct nearest nearest_limit(struct arena *a, const struct sample_process *p,
				    const struct go_process *go, double rate)
{
	struct nearest n = {0};

	if (go && go->threads_max)
		consider(&n, "Go's own limit", &(struct thread_limit){go->threads, go->threads_max}, rate);
	if (!p->has_limits)
		return n;
	if (!go || !go->threads_max) /* where goroutines are not watched, as with every process */
		consider(&n, "Go's own limit", &p->limits.go, rate);
	consider(&n,
		 *p->limits.cgroup ? arena__format(a, "pids.max of cgroup %s", p->limits.cgroup) : "pids.max",
		 &p->limits.pids_cgroup, rate);
	consider(&n, "RLIMIT_NPROC of its user", &p->limits.nproc, rate);
	consider(&n, "kernel.pid_max", &p->limits.pids, rate);
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

/* One that makes less than half of the growth is only one of several, and perhaps not the one to look at. */
static const char *creator_text(struct arena *a, const struct creator_row *c, double rate)
{
	const char *stack = c ? row__creator_text(a, &c->stack) : NULL;
	const char *share = stack && c->growth_per_s * 2 > rate ? "" : "several, among them ";

	if (!stack)
		return "";
	return arena__format(a, ", created by %s%s (%llu of %llu alive)", share, stack,
			     (unsigned long long)c->alive, (unsigned long long)c->created);
}

/* Go's runtime creates threads for goroutines that keep theirs: ", 64 of them for goroutines in syscall.Read
 * at main.go:12, created at main.go:34". Where goroutines are not watched, as with every process, it is
 * named. */
static const char *runtime_text(struct arena *a, const struct go_process *go)
{
	const struct go_group *g = go_process__keepers(go);

	if (!g)
		return ", started by Go's runtime";
	return arena__format(a, ", %llu of them for %s", (unsigned long long)g->count,
			     go_group__keeping_text(a, g));
}

/* No more than a few threads are left. */
static bool at_limit(const struct nearest *n)
{
	return n->name && n->limit.max < n->limit.used + THREAD_GROWTH_FEW;
}

/* A runtime that starts threads as load begins, up to one for each P and a few for system calls. */
static bool usual_for_go(const struct go_process *go, uint64_t threads, uint64_t growth,
			 const struct nearest *n)
{
	if (at_limit(n))
		return false;
	return growth < THREAD_GROWTH_FEW || go_process__few_threads(go, threads);
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

/* A few threads are normal: a program that starts, clients that come and go. From so few it cannot be told
 * when a limit is reached. */
static enum severity severity(const struct nearest *n, uint64_t growth)
{
	if (growth < THREAD_GROWTH_FEW && !at_limit(n))
		return SEVERITY_INFO;
	if (n->name && n->seconds < THREAD_GROWTH_CRITICAL_S)
		return SEVERITY_CRITICAL;
	return SEVERITY_USUAL;
}

/* ---- threads that pile up because a file server does not answer ------------------------------------------
 */

/* Of the threads of a finding, those that came in that time and wait for a server. */
static size_t new_ones_behind_server(const struct finding *f, const struct naming *names, uint64_t span_ns)
{
	size_t count = 0;

	for (size_t i = 0; i < f->tid_count; i++) {
		const struct thread_row *t = naming__thread(names, f->tids[i]);

		count += t && t->blocked && t->wait.server && t->age_ns <= span_ns;
	}
	return count;
}

/* What was found of the server that most of the new threads wait for; NULL: they wait for none. */
static struct finding *cause_of(struct findings *f, pid_t pid, const struct naming *names, uint64_t span_ns,
				uint64_t growth)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].kind == FINDING_STUCK_THREAD && f->list[i].pid == pid &&
		    new_ones_behind_server(&f->list[i], names, span_ns) * 2 > growth)
			return &f->list[i];
	return NULL;
}

static void add(struct findings *f, const struct finding *one, struct finding *cause)
{
	enum severity severity = one->severity ? one->severity : FINDING_TYPES[one->kind].severity;

	if (!cause) {
		findings__add(f, one);
		return;
	}
	cause->summary = arena__format(f->arena, "%s; %s", cause->summary, one->summary);
	cause->covers = true;
	cause->covered = one->kind;
	if (severity > cause->severity)
		cause->severity = severity;
}

void findings__thread_growth(struct findings *f, const struct sample_process *p, const struct history *h,
			     const struct creator_row *creators, size_t creator_count,
			     const struct go_process *go, const struct naming *names)
{
	const struct creator_row *c = main_creator(creators, creator_count, p->pid);
	struct nearest n = nearest_limit(f->arena, p, go, history__rate(h));
	bool counted = go && !go->problem;
	char span[DURATION_TEXT], rate[DURATION_TEXT];
	/* Of an unknown creator in a Go program, too: it has hardly another one. */
	bool by_go_runtime = (c && c->cause) || (counted && (!c || !c->stack.count));
	uint64_t first, growth;

	if (!history__grows(h))
		return;
	first = h->points[0].value;
	growth = p->threads > first ? p->threads - first : 0;
	if (counted && usual_for_go(go, p->threads, growth, &n))
		return;
	rate_format(rate, sizeof(rate), history__rate(h));
	add(f,
	    &(struct finding){.kind = FINDING_THREAD_GROWTH,
			      .severity = severity(&n, growth),
			      .pid = p->pid,
			      .summary = arena__format(
				      f->arena, "%s (%d) gains %.*s threads%s (%llu -> %llu in %s)%s%s%s",
				      p->comm, p->pid, (int)strcspn(rate, "/"), rate,
				      rate + strcspn(rate, "/"), (unsigned long long)first,
				      (unsigned long long)p->threads,
				      duration_format(span, sizeof(span), history__span_ns(h)),
				      pool_names__text(f->arena, names, c, history__span_ns(h)),
				      by_go_runtime ? runtime_text(f->arena, counted ? go : NULL)
						    : creator_text(f->arena, c, history__rate(h)),
				      limit_text(f->arena, &n))},
	    cause_of(f, p->pid, names, history__span_ns(h), growth));
}
