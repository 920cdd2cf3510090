/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines of the processes of an interval. */
#include <inttypes.h>

#include "model/go/go_growth.h"
#include "views/text/text_parts.h"
#include "views/text/text_units.h"
#include "words/describe_go.h"

void text_go_line(FILE *out, const struct interval_report *r, const struct process_row *row)
{
	const struct go_process *p = row->go;
	const char *about;
	char a[DURATION_TEXT], b[DURATION_TEXT], c[DURATION_TEXT];

	if (!p)
		return;
	if (r->process_count > 1)
		text_part(out, "%.120s (%d): ", row->comm, (int)row->pid);
	else
		text_part(out, "%s", "  ");
	if (p->problem) {
		text_line(out, "goroutines: %s", p->problem);
		return;
	}
	about = p->exact ? "" : "about ";
	text_part(out, "%" PRIu64 " %s", p->count, p->count == 1 ? "goroutine" : "goroutines");
	if (p->created)
		text_part(out, ", %s%s created", about, text_rate(a, p->created, r->interval_ns));
	if (p->ended)
		text_part(out, ", %s%s ended", about, text_rate(a, p->ended, r->interval_ns));
	if (p->changes_known)
		text_part(out, "; in %s: %s%" PRIu64 " created, %" PRIu64 " ended%s%s",
			  duration_format(b, sizeof(b), p->watched_ns), about, p->created_total,
			  p->ended_total, *text_growth(c, p->growth_per_s) ? ", growth " : "", c);
	if (p->read && p->read_age_ns)
		text_part(out, "; all read %s ago", duration_format(b, sizeof(b), p->read_age_ns));
	text_line(out, "%s", "");
}

/* After one reading, growth is unknown. */
static const char *growth(char dst[DURATION_TEXT], uint64_t span_ns, double per_s)
{
	if (!span_ns)
		return "?";
	return text_growth(dst, per_s);
}

static void group_cells(struct table *t, const struct interval_report *r, pid_t pid,
			const struct go_group_row *row)
{
	const struct go_group *g = &row->g;
	char a[DURATION_TEXT], span[DESCRIBE_WAIT], at[DESCRIBE_NAME], made[DESCRIBE_NAME];

	text_pid_cell(t, r, pid);
	table__cell(t, "%" PRIu64, g->count);
	table__cell(t, "%s", growth(a, row->span_ns, row->growth_per_s));
	table__cell(t, "%s%s", row->leak ? "LEAK: " : "", g->state);
	table__cell(t, "%s", describe_go_span(span, sizeof(span), g));
	table__cell(t, "%s", describe_go_place(at, sizeof(at), g));
	table__cell(t, "%s", describe_go_creator(made, sizeof(made), g));
}

void text_go_groups(FILE *out, const struct interval_report *r, size_t max)
{
	static const char *const headings[] = {"PID",    "GOROUTINES", "GROWTH",    "STATE",
					       "WAITED", "AT",         "CREATED AT"};
	struct table t = {.columns = 7, .right = 0x7};
	size_t used = 0;

	text_heading(&t, headings);
	for (size_t i = 0; i < r->process_count; i++) {
		const struct go_process *p = r->processes[i].go;

		for (size_t k = 0; p && k < p->group_count; k++)
			if (used++ < max)
				group_cells(&t, r, r->processes[i].pid, &p->groups[k]);
	}
	if (used) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	text_more(out, max, used, "group", "groups of goroutines");
}

void text_go_creators(FILE *out, const struct interval_report *r, size_t max)
{
	static const char *const headings[] = {"PID", "GOROUTINES", "GROWTH", "GOROUTINES CREATED BY"};
	struct table t = {.columns = 4, .right = 0x7};
	char a[DURATION_TEXT], line[DESCRIBE_NAME];
	size_t used = 0;

	text_heading(&t, headings);
	for (size_t i = 0; i < r->process_count; i++) {
		const struct go_process *p = r->processes[i].go;

		for (size_t k = 0; p && k < p->creator_count; k++) {
			const struct go_creator_row *c = &p->creators[k];

			if (!c->created_by.function || used++ >= max)
				continue;
			text_pid_cell(&t, r, r->processes[i].pid);
			table__cell(&t, "%" PRIu64, c->count);
			table__cell(&t, "%s", growth(a, c->span_ns, c->growth_per_s));
			describe_go_line(line, sizeof(line), &c->created_by);
			table__cell(&t, "%s%s%s", c->created_by.function, *line ? " at " : "", line);
		}
	}
	if (used) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	text_more(out, max, used, "creator", "creators of goroutines");
}
