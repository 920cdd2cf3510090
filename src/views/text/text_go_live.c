/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines of the processes of an interval. */
#include <inttypes.h>

#include "model/go/go_growth.h"
#include "views/text/text_parts.h"
#include "views/text/text_rows.h"
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

void text_go_groups(FILE *out, const struct interval_report *r, size_t max)
{
	struct table t = text_table(COLUMNS_OF_GO_GROUPS);
	size_t used = 0;

	for (size_t i = 0; i < r->process_count; i++) {
		const struct go_process *p = r->processes[i].go;

		for (size_t k = 0; p && k < p->group_count; k++)
			if (used++ < max)
				text_go_group_cells(&t, r, r->processes[i].pid, &p->groups[k]);
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
	struct table t = text_table(COLUMNS_OF_GO_CREATORS);
	size_t used = 0;

	for (size_t i = 0; i < r->process_count; i++) {
		const struct go_process *p = r->processes[i].go;

		for (size_t k = 0; p && k < p->creator_count; k++) {
			const struct go_creator_row *c = &p->creators[k];

			if (!c->created_by.function || used++ >= max)
				continue;
			text_go_creator_cells(&t, r, r->processes[i].pid, c);
		}
	}
	if (used) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	text_more(out, max, used, "creator", "creators of goroutines");
}
