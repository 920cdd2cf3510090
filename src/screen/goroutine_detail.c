// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/goroutine_detail.h"

#include <inttypes.h>
#include <stdio.h>

#include "util/append.h"
#include "util/duration.h"
#include "util/text.h"
#include "views/text/text_units.h"
#include "words/describe_go.h"

#define LINE       (2 * DESCRIBE_WAIT)
#define SHOWN_TIDS 16
#define SHOWN_MADE 50

/* "12 goroutines: sync.Mutex.Lock on 0xc000100004 (13 waiters), 1.0 s" */
static void sentence(const struct go_group_row *r, char dst[LINE])
{
	char wait[DESCRIBE_WAIT], span[DESCRIBE_WAIT];
	size_t used = 0;

	append(dst, LINE, &used, "%" PRIu64 " %s: %s", r->g.count,
	       r->g.count == 1 ? "goroutine" : "goroutines", r->g.state);
	if (*describe_go_wait(wait, sizeof(wait), r))
		append(dst, LINE, &used, " %s", wait);
	if (*describe_go_span(span, sizeof(span), &r->g))
		append(dst, LINE, &used, ", %s", span);
}

bool goroutines__group_at(const struct scene *s, size_t i, const struct process_row **ret_process,
			  const struct go_group_row **ret)
{
	for (size_t k = 0; k < s->r->process_count; k++) {
		const struct go_process *go = s->r->processes[k].go;

		for (size_t j = 0; go && j < go->group_count; j++) {
			if (go->groups[j].g.system || i--)
				continue;
			*ret_process = &s->r->processes[k];
			*ret = &go->groups[j];
			return true;
		}
	}
	return false;
}

size_t goroutines__group_count(const struct scene *s)
{
	size_t count = 0;

	for (size_t k = 0; k < s->r->process_count; k++) {
		const struct go_process *go = s->r->processes[k].go;

		for (size_t j = 0; go && j < go->group_count; j++)
			count += !go->groups[j].g.system;
	}
	return count;
}

void goroutines__line(const struct scene *s, const struct process_row *process, const struct go_group_row *r,
		      char *dst, size_t size)
{
	char line[LINE], place[DESCRIBE_WAIT], creator_at[DESCRIBE_WAIT], rate[DURATION_TEXT];
	size_t used = 0;

	sentence(r, line);
	if (s->r->process_count > 1)
		append(dst, size, &used, "%.64s (%d): ", process->comm, (int)process->pid);
	append(dst, size, &used, "%s%s", r->leak ? "LEAK: " : "", line);
	if (*describe_go_place(place, sizeof(place), &r->g))
		append(dst, size, &used, ", at %s", place);
	if (*describe_go_creator(creator_at, sizeof(creator_at), &r->g))
		append(dst, size, &used, ", created at %s", creator_at);
	if (r->span_ns && *text_growth(rate, r->growth_per_s))
		append(dst, size, &used, ", %s", rate);
}

/* How their number changes, and whether any of them goes on. */
static void growth(const struct go_group_row *r, struct page *p)
{
	char rate[DURATION_TEXT], time[DURATION_TEXT];

	if (!r->span_ns)
		page__line(p, STYLE_DIM, 2, "growth: unknown (read only once so far)");
	else if (*text_growth(rate, r->growth_per_s))
		page__line(p, STYLE_PLAIN, 2, "growth: %s over %s", rate,
			   duration_format(time, sizeof(time), r->span_ns));
	else
		page__line(p, STYLE_PLAIN, 2, "growth: none in %s",
			   duration_format(time, sizeof(time), r->span_ns));
	if (r->kept && r->kept_ns)
		page__line(p, r->leak ? STYLE_WARNING : STYLE_PLAIN, 2,
			   "%snone has run or ended for %s, and %" PRIu64 " were added",
			   r->leak ? "LEAK: " : "", duration_format(time, sizeof(time), r->kept_ns),
			   r->kept_growth);
}

static void numbers(const struct go_group *g, struct page *p)
{
	char line[LINE] = "", bytes[DURATION_TEXT];
	size_t used = 0;

	for (size_t i = 0; i < g->goid_count; i++)
		append(line, sizeof(line), &used, " %" PRIu64, g->goids[i]);
	if (used && g->count > g->goid_count)
		append(line, sizeof(line), &used, " and %" PRIu64 " more", g->count - g->goid_count);
	if (used)
		page__line(p, STYLE_PLAIN, 4, "%s%s", g->count == 1 ? "goroutine" : "goroutines", line);
	used = 0;
	for (size_t i = 0; i < g->tid_count && i < SHOWN_TIDS; i++)
		append(line, sizeof(line), &used, " %d", (int)g->tids[i]);
	if (used && g->tid_count > SHOWN_TIDS)
		append(line, sizeof(line), &used, " and %zu more", (size_t)g->tid_count - SHOWN_TIDS);
	if (used)
		page__line(p, STYLE_PLAIN, 4, "on %s%s", g->tid_count == 1 ? "thread" : "threads", line);
	if (g->locked)
		page__line(p, STYLE_PLAIN, 2, "%" PRIu64 " of them locked to a thread", g->locked);
	if (g->system)
		page__line(p, STYLE_DIM, 2, "of Go's runtime");
	if (g->stack_bytes)
		page__line(p, STYLE_PLAIN, 2, "stacks: %s",
			   bytes_format(bytes, sizeof(bytes), g->stack_bytes));
}

static void labels(const struct go_group *g, struct page *p)
{
	char line[LINE] = "";
	size_t used = 0;

	for (size_t i = 0; i < g->label_count; i++) {
		append(line, sizeof(line), &used, "%s %s=%s", i ? "," : "", g->labels[i].key,
		       g->labels[i].value);
		if (g->labels[i].count != g->count)
			append(line, sizeof(line), &used, " (%" PRIu64 ")", g->labels[i].count);
	}
	if (used)
		page__line(p, STYLE_PLAIN, 4, "labels:%s%s", line, g->labels_more ? ", and others" : "");
}

static void creator(const struct go_group *g, struct page *p)
{
	const struct frame *by = &g->created_by;

	page__heading(p, "CREATED BY");
	if (!by->function)
		page__line(p, STYLE_DIM, 2, "  unknown");
	else if (by->file && by->line > 0)
		page__line(p, STYLE_PLAIN, 6, "  %s at %s:%d", by->function, by->file, by->line);
	else
		page__line(p, STYLE_PLAIN, 6, "  %s", by->function);
	if (g->creator_goid)
		page__line(p, STYLE_PLAIN, 2, "  in goroutine %" PRIu64, g->creator_goid);
	else if (g->creators_differ)
		page__line(p, STYLE_PLAIN, 2, "  in different goroutines");
}

/* A snapshot reads more of them: what they wait on, and labels. */
static void in_snapshot(const struct scene *s, const struct process_row *process, const struct go_group *g,
			struct page *p)
{
	const struct go_report *go = s->snapshot && s->snapshot->pid == process->pid ? s->snapshot->go : NULL;
	char line[LINE], clock[DURATION_TEXT];

	for (size_t i = 0; go && g->id && i < go->group_count; i++) {
		const struct go_group_row *r = &go->groups[i];

		if (r->g.id != g->id)
			continue;
		page__heading(p, "IN THE SNAPSHOT OF %.8s",
			      time_format_clock(clock, sizeof(clock), s->snapshot_ns));
		sentence(r, line);
		page__line(p, STYLE_PLAIN, 4, "  %s", line);
		numbers(&r->g, p);
		labels(&r->g, p);
		return;
	}
}

void goroutines__write(const struct scene *s, const struct process_row *process, const struct go_group_row *r,
		       struct page *p)
{
	char line[LINE], age[DURATION_TEXT], ends[DESCRIBE_WAIT];

	sentence(r, line);
	page__line(p, STYLE_BOLD, 2, "%s", line);
	if (process->go->read_age_ns)
		page__line(p, STYLE_DIM, 2, "read %s ago",
			   duration_format(age, sizeof(age), process->go->read_age_ns));
	growth(r, p);
	if (*describe_go_ends(ends, sizeof(ends), &r->g))
		page__line(p, STYLE_PLAIN, 4, "pipes: %s", ends);
	numbers(&r->g, p);
	labels(&r->g, p);
	page__findings(p, s, VIEW_GOROUTINES, goroutines__identity(process, r));
	page__stack(p, "STACK", &r->g.stack, r->g.stack.end == STACK_RUNNING ? "running" : "unknown");
	creator(&r->g, p);
	in_snapshot(s, process, &r->g, p);
}

void goroutines__preview(const struct go_group_row *r, struct page *p)
{
	char line[LINE], calls[DESCRIBE_WAIT];

	sentence(r, line);
	page__line(p, STYLE_PLAIN, 2, "%s", line);
	if (*describe_calls(calls, sizeof(calls), &r->g.stack, 8))
		page__line(p, STYLE_PLAIN, 2, "in %s", calls);
}

void goroutine_creator__write(const struct process_row *process, const struct go_creator_row *r,
			      struct page *p)
{
	const struct go_process *go = process->go;
	const struct frame *by = &r->created_by;
	char rate[DURATION_TEXT], time[DURATION_TEXT], line[LINE], at[DESCRIBE_NAME];
	size_t shown = 0;

	describe_go_line(at, sizeof(at), by);
	page__line(p, STYLE_BOLD, 2, "%s%s%s", by->function ? by->function : "unknown creators",
		   *at ? " at " : "", at);
	page__line(p, STYLE_PLAIN, 2, "%" PRIu64 " %s created there %s alive", r->count,
		   r->count == 1 ? "goroutine" : "goroutines", r->count == 1 ? "is" : "are");
	if (!r->span_ns)
		page__line(p, STYLE_DIM, 2, "growth: unknown (read only once so far)");
	else
		page__line(p, STYLE_PLAIN, 2, "growth: %s over %s",
			   *text_growth(rate, r->growth_per_s) ? rate : "none",
			   duration_format(time, sizeof(time), r->span_ns));
	page__heading(p, "WHAT THEY DO (LISTED GROUPS ONLY)");
	for (size_t i = 0; i < go->group_count && shown < SHOWN_MADE; i++) {
		const struct go_group_row *g = &go->groups[i];
		char place[DESCRIBE_WAIT];

		if (!same_text(g->g.created_by.function, by->function) || g->g.created_by.line != by->line)
			continue;
		shown++;
		sentence(g, line);
		describe_go_place(place, sizeof(place), &g->g);
		page__line(p, g->leak ? STYLE_WARNING : STYLE_PLAIN, 6, "  %s%s%s", line,
			   *place ? ", at " : "", place);
	}
	if (!shown)
		page__line(p, STYLE_DIM, 2, "  none is in a listed group");
}
