// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "model/findings/goroutine_findings.h"

#include "model/go/go_growth.h"
#include "model/go/go_keepers.h"
#include "thresholds.h"
#include "util/duration.h"
#include "words/describe_go.h"

/* Rate, evidence and memory: the end of the sentence. */
static const char *kept_text(struct arena *a, const struct go_group_row *r)
{
	char rate[DURATION_TEXT], span[DURATION_TEXT], bytes[DURATION_TEXT];

	rate_format(rate, sizeof(rate), r->kept_ns ? (double)r->kept_growth * 1e9 / (double)r->kept_ns : 0);
	return arena__format(a, "+%s, none ended in %s, about %s of stacks", rate,
			     duration_format(span, sizeof(span), r->kept_ns),
			     bytes_format(bytes, sizeof(bytes), r->g.stack_bytes));
}

static void report_leak(struct findings *f, const struct go_group_row *r, pid_t pid, const char *comm)
{
	char made[DESCRIBE_NAME], at[DESCRIBE_NAME], count[DURATION_TEXT];
	const char *by = *describe_go_creator(made, sizeof(made), &r->g)
				 ? arena__format(f->arena, " created at %s", made)
				 : "";

	describe_go_place(at, sizeof(at), &r->g);
	findings__add(
		f, &(struct finding){.kind = FINDING_GOROUTINE_LEAK,
				     .pid = pid,
				     .summary = arena__format(
					     f->arena, "%s (%d) leaks goroutines: %s%s wait in %s at %s, %s",
					     comm, (int)pid, count_format(count, sizeof(count), r->g.count),
					     by, r->g.state, at, kept_text(f->arena, r))});
}

/* The creator with the highest growth. */
static const char *main_creator(struct arena *a, const struct go_process *p)
{
	const struct go_creator_row *c = p->creator_count ? &p->creators[0] : NULL;
	const char *share;
	char place[DESCRIBE_NAME], rate[DURATION_TEXT], count[DURATION_TEXT];

	if (!c || c->growth_per_s <= 0 || !*describe_go_line(place, sizeof(place), &c->created_by))
		return "";
	share = c->growth_per_s * 2 > p->growth_per_s ? "most" : "some";
	return arena__format(a, "; %s of the new ones were created at %s (%s now, +%s)", share, place,
			     count_format(count, sizeof(count), c->count),
			     rate_format(rate, sizeof(rate), c->growth_per_s));
}

/* The place with the highest growth. */
static const char *main_place(struct arena *a, const struct go_process *p)
{
	const struct go_group_row *best = NULL;
	char place[DESCRIBE_NAME];

	for (size_t i = 0; i < p->group_count; i++)
		if (p->groups[i].growth_per_s > (best ? best->growth_per_s : 0))
			best = &p->groups[i];
	if (!best || !*describe_go_place(place, sizeof(place), &best->g))
		return "";
	return arena__format(a, "; %s wait in %s at %s",
			     best->growth_per_s * 2 > p->growth_per_s ? "most" : "some", best->g.state,
			     place);
}

static void report_growth(struct findings *f, const struct go_process *p, pid_t pid, const char *comm,
			  bool explained)
{
	char rate[DURATION_TEXT], from[DURATION_TEXT], to[DURATION_TEXT], span[DURATION_TEXT];

	rate_format(rate, sizeof(rate), p->growth_per_s);
	findings__add(f,
		      &(struct finding){
			      .kind = FINDING_GOROUTINE_GROWTH,
			      .severity = explained ? SEVERITY_INFO : SEVERITY_USUAL,
			      .pid = pid,
			      .summary = arena__format(
				      f->arena, "%s (%d) gains %.*s goroutines%s (%s -> %s in %s)%s%s", comm,
				      (int)pid, (int)strcspn(rate, "/"), rate, rate + strcspn(rate, "/"),
				      count_format(from, sizeof(from), p->first_count),
				      count_format(to, sizeof(to), p->count),
				      duration_format(span, sizeof(span), p->watched_ns),
				      main_creator(f->arena, p), main_place(f->arena, p))});
}

/* The threads that most of the new ones keep have been found to pile up. */
static bool reported_as_threads(const struct findings *f, const struct go_process *p, pid_t pid)
{
	const struct go_group_row *best = NULL;
	bool grow = false;

	for (size_t i = 0; i < f->count; i++)
		grow = grow || (f->list[i].pid == pid &&
				(f->list[i].kind == FINDING_THREAD_GROWTH ||
				 (f->list[i].covers && f->list[i].covered == FINDING_THREAD_GROWTH)));
	for (size_t i = 0; i < p->group_count; i++)
		if (p->groups[i].growth_per_s > (best ? best->growth_per_s : 0))
			best = &p->groups[i];
	return grow && best && &best->g == go_process__keepers(p) && best->growth_per_s * 2 > p->growth_per_s;
}

void findings__goroutines(struct findings *f, const struct go_process *p, pid_t pid, const char *comm)
{
	size_t leaks = 0;

	if (!p || p->problem)
		return;
	for (size_t i = 0; i < p->group_count && leaks < GOROUTINE_LEAKS; i++) {
		if (!p->groups[i].leak)
			continue;
		report_leak(f, &p->groups[i], pid, comm);
		leaks++;
	}
	if (p->grows)
		report_growth(f, p, pid, comm, leaks > 0 || reported_as_threads(f, p, pid));
}
