// SPDX-License-Identifier: GPL-2.0-or-later
/* Hanging calls, and why calls on a file were slow. */
#include <inttypes.h>

#include "words/describe.h"
#include "util/append.h"
#include "util/duration.h"
#include "views/text/text_parts.h"

#define MOST_PARTS   4
#define SHOWN_FRAMES 4
#define SHOWN_CALLS  8

static void call_cells(struct table *t, const struct interval_report *r, const struct call_row *c)
{
	char name[DESCRIBE_NAME], stack[DESCRIBE_WAIT], a[DURATION_TEXT];
	const char *call = describe_io(c->syscall, c->sync);

	text_pid_cell(t, r, c->thread->pid);
	table__cell(t, "%s", duration_format(a, sizeof(a), c->age_ns));
	if (*c->path)
		table__cell(t, "%s(%.400s%s)", call, c->path, c->deleted ? " (deleted)" : "");
	else
		table__cell(t, "%s(%s, fd %d)", call, file_kind__name(c->file_kind), c->fd);
	table__cell(t, "%s", c->stall >= STALL_UNKNOWN ? "" : stall_part__words(c->stall));
	table__cell(t, "%s", describe_thread(name, sizeof(name), c->thread->name, c->thread->tid));
	describe_calls(stack, sizeof(stack), &c->thread->stack, SHOWN_FRAMES);
	table__cell(t, "%s%s", *stack ? "in " : "", stack);
}

void text_calls(FILE *out, const struct interval_report *r)
{
	static const char *const headings[] = {"PID", "HANGS FOR", "CALL", "WAITS FOR", "THREAD", ""};
	struct table t = {.columns = 6, .right = 0x3};
	size_t stuck = 0;

	text_heading(&t, headings);
	for (size_t i = 0; i < r->call_count && r->calls[i].age_ns >= TEXT_MIN_AGE_NS; i++)
		if (stuck++ < SHOWN_CALLS)
			call_cells(&t, r, &r->calls[i]);
	if (stuck) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	text_more(out, SHOWN_CALLS, stuck, "call in flight", "calls in flight");
}

/* "43 % journal commit, 2 % running": the largest parts first, without small ones. */
static void put_parts(char *dst, size_t size, const uint64_t *parts, uint64_t whole)
{
	bool told[STALL_PARTS] = {false};
	size_t used = 0;

	*dst = '\0';
	if (!whole)
		return;
	for (int n = 0; n < MOST_PARTS; n++) {
		int most = -1;

		for (int i = 0; i < STALL_PARTS; i++)
			if (!told[i] && parts[i] >= whole / 100 && (most < 0 || parts[i] > parts[most]))
				most = i;
		if (most < 0 || !parts[most])
			return;
		told[most] = true;
		append(dst, size, &used, "%s%.0f %% %s", n ? ", " : "",
		       100.0 * (double)parts[most] / (double)whole, stall_part__words((enum stall_part)most));
	}
}

static void slow_line(struct table *t, const char *name, const struct slow_calls *s)
{
	char parts[DESCRIBE_WAIT], a[DURATION_TEXT];

	put_parts(parts, sizeof(parts), s->parts, s->ns);
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
	put_parts(parts, sizeof(parts), c->parts, c->ns);
	table__line(t, "  slowest%s: %s %s by %s%s%s%s%s", c == s->slowest ? "" : " so far",
		    describe_io(c->syscall, c->sync), duration_format(a, sizeof(a), c->ns),
		    describe_thread(name, sizeof(name), c->name, c->tid), *stack ? " in " : "", stack,
		    *parts ? "; " : "", parts);
}
