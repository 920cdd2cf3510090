// SPDX-License-Identifier: GPL-2.0-or-later
/* Events as they come, a line each: threads that begin and end, waits for locks, slow writes and syncs,
 * panics. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen/identity.h"
#include "screen/scene.h"
#include "util/escape.h"
#include "util/heap.h"

static bool applies(const struct scene *s)
{
	return s->events && scene__process(s);
}

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	static const struct column COLUMN = {"", false, 0};

	(void)s;
	*ret_count = 1;
	return &COLUMN;
}

static uint64_t identity(uint64_t number)
{
	return identity__add(IDENTITY_SEED + 7, number);
}

/* Dim: of no use in the search for what is wrong. */
static enum style style_of(const char *line)
{
	return strstr(line, "  thread-exit ")                              ? STYLE_DIM
	       : strstr(line, "  panic") || strstr(line, "  fatal-error ") ? STYLE_WARNING
									   : STYLE_PLAIN;
}

static void rows(const struct scene *s, struct grid *g)
{
	const struct event_log *l = s->events;
	uint64_t first = event_log__first(l), last = event_log__last(l);

	grid__follow(g, first);
	for (uint64_t number = first; first && number <= last; number++)
		grid__add(g, &(struct grid_row){.id = identity(number),
						.index = number,
						.style = style_of(event_log__line(l, number))});
}

#define WHO_ENDS 50 /* columns: time, type, and a thread with its TID, in most lines */

/* All are of the process that the header has. */
static char *without_pid(const struct scene *s, const char *line)
{
	char of[32];
	const char *at, *rest;
	size_t used;

	snprintf(of, sizeof(of), ") of %d ", (int)scene__process(s)->pid);
	at = strstr(line, of);
	if (!at)
		return heap__string(line);
	rest = at + strlen(of);
	rest += strspn(rest, " ");
	at++;
	used = utf8_width(line) - utf8_width(at);
	return heap__format("%.*s%*s  %s", (int)(at - line), line,
			    used < WHO_ENDS ? (int)(WHO_ENDS - used) : 0, "", rest);
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct scene *s = arg;
	const char *line = event_log__line(s->events, row->index);

	/* It was escaped when it was printed; what would still disturb a screen the canvas leaves out. */
	table__safe_cell(t, line ? without_pid(s, line) : heap__string("(no longer kept)"));
}

static unsigned head(const struct scene *s, struct canvas *c, unsigned row, unsigned rows)
{
	const struct event_log *l = s->events;
	uint64_t dropped = l->arrived - l->count, waiting = l->until ? l->arrived - l->until : 0;
	unsigned at = 1;

	(void)rows;
	if (*l->message)
		at += canvas__print(c, row, at, STYLE_WARNING, "%s  ", l->message);
	else if (!l->arrived)
		at += canvas__print(c, row, at, STYLE_DIM, "%s",
				    l->running ? "no event yet  " : "attaching the probes  ");
	if (l->arrived)
		at += canvas__print(c, row, at, STYLE_DIM, "%" PRIu64 " %s", l->arrived,
				    l->arrived == 1 ? "event" : "events");
	if (dropped)
		at += canvas__print(c, row, at, STYLE_DIM, ", the last %zu are kept", l->count);
	if (waiting)
		canvas__print(c, row, at, STYLE_BOLD, "; %" PRIu64 " more since the pause", waiting);
	return 1;
}

/* Where the stack of a line begins: after two blanks, with callers behind it. NULL: it has none. */
static const char *stack_of(const char *line)
{
	const char *at = strstr(line, " < ");

	while (at && at > line + 1 && (at[-1] != ' ' || at[-2] != ' '))
		at--;
	return at && at > line + 1 ? at : NULL;
}

static void frames(const char *stack, struct page *p)
{
	for (size_t i = 0; *stack; i++) {
		const char *end = strstr(stack, " < ");
		size_t length = end ? (size_t)(end - stack) : strlen(stack);
		char *text = heap__format("  %2zu  %.*s", i, (int)length, stack);

		page__lines(p, STYLE_PLAIN, text);
		free(text);
		stack += end ? length + 3 : length;
	}
}

/* The line whole, and its stack a frame per line. */
static bool detail(const struct scene *s, uint64_t id, struct page *p)
{
	const struct event_log *l = s->events;
	uint64_t number = event_log__first(l);
	const char *line, *stack;
	char *text;

	while (number && number <= event_log__last(l) && identity(number) != id)
		number++;
	line = event_log__line(l, number);
	if (!line)
		return false;
	stack = stack_of(line);
	text = heap__format("%.*s", (int)(stack ? (size_t)(stack - line) : strlen(line)), line);
	page__lines(p, STYLE_PLAIN, text);
	free(text);
	if (stack) {
		page__heading(p, "STACK");
		frames(stack, p);
	}
	return true;
}

const struct screen_view view_events = {
	.title = "events",
	.applies = applies,
	.columns = columns,
	.rows = rows,
	.cells = cells,
	.head = head,
	.detail = detail,
	.empty = "",
};
