// SPDX-License-Identifier: GPL-2.0-or-later
/* Hanging calls, and why calls on a file were slow. */
#include <inttypes.h>

#include "words/describe.h"
#include "util/append.h"
#include "util/duration.h"
#include "views/text/text_parts.h"
#include "views/text/text_units.h"

#define MOST_PARTS   4
#define SHOWN_FRAMES 4
#define SHOWN_CALLS  8

static void call_cells(struct table *t, const struct interval_report *report, const struct call_row *r)
{
	char frames[DESCRIBE_WAIT], stack[DESCRIBE_WAIT + 8], words[DESCRIBE_WAIT];
	const char *call = describe_io(r->syscall, r->sync);

	if (*r->path)
		snprintf(words, sizeof(words), "%s(%.400s%s)", call, r->path, r->deleted ? " (deleted)" : "");
	else
		snprintf(words, sizeof(words), "%s(%s, fd %d)", call, file_kind__name(r->file_kind), r->fd);
	describe_calls(frames, sizeof(frames), &r->thread->stack, SHOWN_FRAMES);
	snprintf(stack, sizeof(stack), "%s%s", *frames ? "in " : "", frames);
#include "views/text/text_cells.h"
#include "report/columns/calls.def"
}

void text_calls(FILE *out, const struct interval_report *r)
{
	struct table t = text_table(COLUMNS_OF_CALLS);
	size_t stuck = 0;

	for (size_t i = 0; i < r->call_count && r->calls[i].hangs; i++)
		if (stuck++ < SHOWN_CALLS)
			call_cells(&t, r, &r->calls[i]);
	if (stuck) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	text_more(out, SHOWN_CALLS, stuck, "call in flight", "calls in flight");
}

char *text_stall_parts(char *dst, size_t size, const uint64_t *parts, uint64_t whole)
{
	bool shown[STALL_PARTS] = {false};
	size_t used = 0;

	*dst = '\0';
	if (!whole)
		return dst;
	for (int n = 0; n < MOST_PARTS; n++) {
		int most = -1;

		for (int i = 0; i < STALL_PARTS; i++)
			if (!shown[i] && parts[i] >= whole / 100 && (most < 0 || parts[i] > parts[most]))
				most = i;
		if (most < 0 || !parts[most])
			return dst;
		shown[most] = true;
		append(dst, size, &used, "%s%.0f %% %s", n ? ", " : "",
		       100.0 * (double)parts[most] / (double)whole, stall_part__words((enum stall_part)most));
	}
	return dst;
}

static void slow_line(struct table *t, const char *name, const struct slow_calls *s)
{
	char parts[DESCRIBE_WAIT], a[DURATION_TEXT];

	text_stall_parts(parts, sizeof(parts), s->parts, s->ns);
	table__line(t, "  %s: %" PRIu64 " slow, %s in total: %s", name, s->count,
		    duration_format(a, sizeof(a), s->ns), parts);
}

/* Why it was slow in the interval, with the slowest call of the interval, or else since attach. */
void text_slow_lines(struct table *t, const struct file_slow *s)
{
	const struct slow_call *c = s->slowest;
	char name[DESCRIBE_NAME], stack[DESCRIBE_WAIT], parts[DESCRIBE_WAIT], a[DURATION_TEXT];

	if (s->writes.count)
		slow_line(t, "writes", &s->writes);
	if (s->fsyncs.count)
		slow_line(t, "syncs", &s->fsyncs);
	if (!c)
		c = s->slowest_ever;
	if (!c)
		return;
	describe_calls(stack, sizeof(stack), &c->stack, SHOWN_FRAMES);
	text_stall_parts(parts, sizeof(parts), c->parts, c->ns);
	table__line(t, "  slowest%s: %s %s by %s%s%s%s%s", c == s->slowest ? "" : " so far",
		    describe_io(c->syscall, c->sync), duration_format(a, sizeof(a), c->ns),
		    describe_thread(name, sizeof(name), c->name, c->tid), *stack ? " in " : "", stack,
		    *parts ? "; " : "", parts);
}
