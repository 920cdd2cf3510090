/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people: findings first, with units; all text from outside is escaped. */
#include "views/text/text_parts.h"

#include <inttypes.h>
#include <string.h>

#include "util/escape.h"

#define LABEL_COLUMNS 10
#define SHOWN_BELOW   3 /* of what follows from one finding */

/* below: under its cause, which has the colour of both. */
static void put_finding(const struct view_options *o, FILE *out, const struct finding *f, bool below)
{
	enum text_colour colour = TEXT_PLAIN;
	const char *label = "info:";

	if (f->severity == SEVERITY_CRITICAL) {
		colour = TEXT_RED;
		label = "CRITICAL:";
	} else if (f->severity == SEVERITY_WARNING) {
		colour = TEXT_YELLOW;
		label = "WARNING:";
	}
	if (below)
		text_line(out, "%-*s- %s", LABEL_COLUMNS, "", f->summary);
	else
		text_coloured(o, out, colour, "%-*s%s", LABEL_COLUMNS, label, f->summary);
	if (!below)
		fputc('\n', out);
}

void text_findings(const struct view_options *o, FILE *out, const struct finding *findings, size_t count,
		   size_t max)
{
	const struct finding *cause = NULL;
	size_t causes = 0, below = 0;

	for (size_t i = 0; i < count; i++) {
		/* In a list of some kinds the cause may be missing. */
		bool follows = finding__follows(&findings[i], cause);

		if (!follows)
			cause = &findings[i];
		causes += !follows;
		below = follows ? below + 1 : 0;
		if (causes <= max && below <= SHOWN_BELOW)
			put_finding(o, out, &findings[i], follows);
	}
	text_more(out, max, causes, "finding", "findings");
}

void text_losses(const struct view_options *o, FILE *out, const struct loss_row *losses, size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		const struct loss_row *l = &losses[i];
		const char *before = any ? ", " : "LOST: ";

		if (!l->count)
			continue;
		if (l->meaning && *l->meaning)
			text_coloured(o, out, TEXT_RED, "%s%" PRIu64 " %s (%s)", before, l->count, l->name,
				      l->meaning);
		else
			text_coloured(o, out, TEXT_RED, "%s%" PRIu64 " %s", before, l->count, l->name);
		any = true;
	}
	if (!any)
		text_part(out, "lost: nothing");
}

void text_more(FILE *out, size_t shown, size_t count, const char *one, const char *more)
{
	if (count > shown)
		text_line(out, "... and %zu more %s", count - shown, count - shown == 1 ? one : more);
}

const struct view view_text = {
	.name = "text",
	.for_people = true,
	.interval = text_interval,
	.logs = text_logs,
	.heatmap = text_heatmap,
	.snapshot_summary = text_snapshot_summary,
	.snapshot = text_snapshot,
	.event = text_event,
	.doctor = text_doctor,
};
