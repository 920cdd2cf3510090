// SPDX-License-Identifier: GPL-2.0-or-later
/* What has changed between the mark and the moment that is shown. */
#include "report/go_rows.h"
#include "screen/ui_private.h"
#include "util/duration.h"
#include "words/describe.h"

static void number(struct page *p, const char *name, uint64_t before, uint64_t now)
{
	if (before == now)
		page__line(p, STYLE_PLAIN, 2, "  %-24s %12llu", name, (unsigned long long)now);
	else
		page__line(p, STYLE_BOLD, 2, "  %-24s %12llu  (%+lld)", name, (unsigned long long)now,
			   (long long)(now - before));
}

static const struct process_row *process_of(const struct interval_report *r, pid_t pid)
{
	for (size_t i = 0; i < r->process_count; i++)
		if (r->processes[i].pid == pid)
			return &r->processes[i];
	return NULL;
}

static void processes(const struct interval_report *before, const struct interval_report *now, struct page *p)
{
	for (size_t i = 0; i < now->process_count; i++) {
		const struct process_row *n = &now->processes[i], *b = process_of(before, n->pid);

		if (!b || (now->process_count > 1 && b->threads == n->threads))
			continue;
		page__heading(p, "%.64s (%d)", n->comm, (int)n->pid);
		number(p, "threads", b->threads, n->threads);
		number(p, "blocked", b->blocked, n->blocked);
		number(p, "created since attach", b->created_total, n->created_total);
		number(p, "exited since attach", b->exited_total, n->exited_total);
		if (n->go && b->go && !n->go->problem && !b->go->problem)
			number(p, "goroutines", b->go->count, n->go->count);
	}
}

static void creators(const struct interval_report *before, const struct interval_report *now, struct page *p)
{
	bool any = false;

	for (size_t i = 0; i < now->creator_count; i++) {
		const struct creator_row *n = &now->creators[i];
		uint64_t was = 0;
		char stack[DESCRIBE_WAIT];

		for (size_t k = 0; k < before->creator_count; k++)
			if (creator__identity(&before->creators[k]) == creator__identity(n))
				was = before->creators[k].alive;
		if (was == n->alive)
			continue;
		if (!any)
			page__heading(p, "THREADS CREATED BY");
		any = true;
		page__line(p, STYLE_BOLD, 4, "  %+lld alive: %s", (long long)(n->alive - was),
			   n->stack.count ? describe_creator(stack, sizeof(stack), &n->stack, 6)
					  : "(stack unknown)");
	}
}

static bool has(const struct interval_report *r, const struct finding *f)
{
	for (size_t i = 0; i < r->finding_count; i++)
		if (finding__identity(&r->findings[i]) == finding__identity(f))
			return true;
	return false;
}

static void findings(const char *heading, const struct interval_report *of,
		     const struct interval_report *not_in, struct page *p)
{
	bool any = false;

	for (size_t i = 0; i < of->finding_count; i++) {
		if (has(not_in, &of->findings[i]))
			continue;
		if (!any)
			page__heading(p, "%s", heading);
		any = true;
		page__line(p, STYLE_PLAIN, 4, "  %s", of->findings[i].summary);
	}
}

void difference__write(const struct scene *s, struct page *p)
{
	char since[DURATION_TEXT], clock[DURATION_TEXT];

	if (!s->mark || !s->r)
		return;
	duration_format(since, sizeof(since),
			s->r->time_ns > s->mark->time_ns ? s->r->time_ns - s->mark->time_ns : 0);
	page__line(p, STYLE_BOLD, 2, "changes since the mark at %.8s, %s earlier; d removes the mark",
		   time_format_clock(clock, sizeof(clock), s->mark->time_ns), since);
	findings("NEW FINDINGS", s->r, s->mark, p);
	findings("ENDED FINDINGS", s->mark, s->r, p);
	processes(s->mark, s->r, p);
	creators(s->mark, s->r, p);
}
