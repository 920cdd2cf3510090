/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines of the processes of an interval. */
#include <inttypes.h>

#include "model/goroutine_growth.h"
#include "views/text_parts.h"
#include "views/text_units.h"

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
	text_line(out, "%s", "");
}
