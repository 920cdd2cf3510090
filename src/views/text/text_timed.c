/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls timed by call and place: --calls. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "util/append.h"
#include "views/text/text_parts.h"
#include "views/text/text_rows.h"
#include "views/text/text_units.h"
#include "words/describe.h"

#define SHOWN_FRAMES 4

static void place_words(char *dst, size_t size, const struct timed_row *r)
{
	size_t used = 0;

	*dst = '\0';
	if (r->place == TS_PLACE_REST)
		append(dst, size, &used, "(places that did not fit the table)");
	else if (!r->path)
		append(dst, size, &used, r->place == TS_PLACE_FILE ? "(name unknown)" : "(not readable)");
	else
		append(dst, size, &used, "%s%.600s%s", r->cut ? "..." : "", r->path,
		       r->place == TS_PLACE_PATH_AT ? " (from an open directory)" : "");
	if (r->peer)
		append(dst, size, &used, " to %.200s", r->peer);
}

/* "12 ENOENT", "12 ENOENT or EACCES": names are those since attach. */
static void error_words(char *dst, size_t size, const struct timed_row *r)
{
	size_t used = 0;

	*dst = '\0';
	if (r->errors)
		append(dst, size, &used, "%" PRIu64 "%s%s%s%s", r->errors, r->errnos[0] ? " " : "",
		       r->errnos[0] ? r->errnos[0] : "", r->errnos[1] ? " or " : "",
		       r->errnos[1] ? r->errnos[1] : "");
}

/* Where input is waited for, a slow call says nothing. */
static void add_slowest(char *dst, size_t size, const struct timed_row *r)
{
	char thread[DESCRIBE_NAME], stack[DESCRIBE_WAIT], duration[DURATION_TEXT];
	size_t used = strlen(dst);

	if (!r->slowest || r->for_input)
		return;
	describe_calls(stack, sizeof(stack), &r->slowest->stack, SHOWN_FRAMES);
	append(dst, size, &used, "; slowest so far %s, by %s%s%s",
	       duration_format(duration, sizeof(duration), r->slowest->ns),
	       describe_thread(thread, sizeof(thread), r->slowest->name, r->slowest->tid),
	       *stack ? ", in " : "", stack);
}

void text_timed_cells(struct table *t, const struct interval_report *report, const struct timed_row *r)
{
	char words[1024 + 2 * DESCRIBE_WAIT], errors[96];

	place_words(words, sizeof(words), r);
	add_slowest(words, sizeof(words), r);
	error_words(errors, sizeof(errors), r);
#include "views/text/text_cells.h"
#include "report/columns/timed_calls.def"
}

double text_timed_value(const struct interval_report *report, const struct timed_row *r, size_t column)
{
	double values[TABLE_COLUMNS], *v = values;

	(void)report;
#include "views/text/text_values.h"
#include "report/columns/timed_calls.def"
	return column < (size_t)(v - values) ? values[column] : NAN;
}

static void unseen_calls(FILE *out, const struct interval_report *r)
{
	for (size_t i = 0; i < r->process_count; i++)
		if (r->processes[i].calls_unseen)
			text_line(out, "%.120s (%d) runs 32-bit code, whose calls are not seen",
				  r->processes[i].comm, (int)r->processes[i].pid);
}

void text_timed(FILE *out, const struct interval_report *r, size_t max)
{
	struct table t = text_table(COLUMNS_OF_TIMED_CALLS);

	if (!r->calls_timed || !r->interval_ns) {
		table__free(&t);
		return;
	}
	for (size_t i = 0; i < r->timed_count && i < max; i++)
		text_timed_cells(&t, r, &r->timed[i]);
	text_line(out, "%s", "");
	if (r->timed_count)
		table__print(&t, out);
	else
		text_line(out, "no calls");
	table__free(&t);
	text_more(out, max, r->timed_count, "call and place", "calls and places");
	unseen_calls(out, r);
}
