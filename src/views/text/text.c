/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people: findings first, with units; all text from outside is escaped. */
#include "views/text/text_parts.h"

#include <inttypes.h>
#include <string.h>

#include "util/escape.h"

#define LABEL_COLUMNS 10
#define MOST_LINES    3 /* of one finding */

/* The length of text that fits a line: up to its last blank, or, for a long path, as much as fits. */
static size_t line_length(const char *text, size_t columns)
{
	size_t used = 0, at = 0, blank = 0;

	while (text[at]) {
		unsigned code = 0;
		size_t length = utf8_length(text + at, &code);

		used += utf8_columns(code);
		if (used > columns)
			return blank > at / 2 ? blank : at;
		if (text[at] == ' ')
			blank = at;
		at += length ? length : 1;
	}
	return at;
}

/* On a screen, a long finding has several lines: its message may follow a long path. Returns the number of
 * lines. */
static size_t finding_lines(const struct view_options *o, FILE *out, enum text_colour colour,
			    const char *label, const char *text, size_t lines)
{
	size_t columns = o->columns > 2 * LABEL_COLUMNS ? o->columns - LABEL_COLUMNS : 0, taken = 1;

	for (; columns && taken < lines; taken++) {
		size_t length = line_length(text, columns);

		if (!text[length])
			break;
		text_coloured(o, out, colour, "%-*s%.*s", LABEL_COLUMNS, label, (int)length, text);
		fputc('\n', out);
		text += length + (text[length] == ' ');
		label = "";
	}
	text_coloured(o, out, colour, "%-*s%s", LABEL_COLUMNS, label, text);
	fputc('\n', out);
	return taken;
}

/* Findings take up to a third of the screen; each has at least one line. */
static size_t lines_for(const struct view_options *o, size_t taken, size_t to_come)
{
	size_t room = o->refresh && o->columns ? o->rows / 3 : 0;

	room = room > taken + to_come ? room - taken - to_come : 1;
	return room < MOST_LINES ? room : MOST_LINES;
}

void text_findings(const struct view_options *o, FILE *out, const struct finding *findings, size_t count,
		   size_t max)
{
	size_t shown = count < max ? count : max, taken = 0;

	for (size_t i = 0; i < shown; i++) {
		const struct finding *f = &findings[i];
		size_t lines = lines_for(o, taken, shown - i - 1);
		enum text_colour colour = TEXT_PLAIN;
		const char *label = "info:";

		if (f->severity == SEVERITY_CRITICAL) {
			colour = TEXT_RED;
			label = "CRITICAL:";
		} else if (f->severity == SEVERITY_WARNING) {
			colour = TEXT_YELLOW;
			label = "WARNING:";
		}
		taken += finding_lines(o, out, colour, label, f->summary, lines);
	}
	text_more(out, max, count, "finding", "findings");
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
