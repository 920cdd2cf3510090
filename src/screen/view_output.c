// SPDX-License-Identifier: GPL-2.0-or-later
/* What the command that threadscope started has printed, a line each. */
#include <inttypes.h>
#include <stdlib.h>

#include "screen/identity.h"
#include "screen/scene.h"
#include "util/duration.h"

static bool applies(const struct scene *s)
{
	return s->output != NULL;
}

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	static const struct column COLUMNS[] = {{"TIME", false, 0}, {"FROM", false, 0}, {"LINE", false, 0}};

	(void)s;
	*ret_count = sizeof(COLUMNS) / sizeof(*COLUMNS);
	return COLUMNS;
}

static const char *const STREAM_NAMES[OUTPUT_STREAMS] = {"stdout", "stderr"};

static uint64_t identity(uint64_t number)
{
	return identity__add(IDENTITY_SEED + 8, number);
}

/* A row's index: a number, or that of a line that has not ended. */
#define OPEN_LINE (UINT64_MAX - OUTPUT_STREAMS)

static const struct output_line *line_of(const struct scene *s, uint64_t index)
{
	if (index >= OPEN_LINE)
		return output_log__open(s->output, (enum output_stream)(index - OPEN_LINE));
	return output_log__line(s->output, index);
}

static void add_row(struct grid *g, const struct output_line *line, uint64_t index)
{
	grid__add(g, &(struct grid_row){.id = identity(index),
					.index = index,
					.style = line->gap                      ? STYLE_DIM
						 : line->stream == OUTPUT_ERROR ? STYLE_BOLD
										: STYLE_PLAIN});
}

static void rows(const struct scene *s, struct grid *g)
{
	const struct output_log *l = s->output;
	uint64_t first = output_log__first(l), last = output_log__last(l);

	grid__follow(g, first);
	for (uint64_t number = first; first && number <= last; number++)
		add_row(g, output_log__line(l, number), number);
	for (uint64_t index = OPEN_LINE; index < OPEN_LINE + OUTPUT_STREAMS; index++)
		if (line_of(s, index))
			add_row(g, line_of(s, index), index);
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct output_line *line = line_of(arg, row->index);
	char clock[DURATION_TEXT];

	if (!line) {
		table__cell(t, "%s", "");
		table__cell(t, "%s", "");
		table__cell(t, "%s", "(no longer kept)");
		return;
	}
	table__cell(t, "%.8s", time_format_clock(clock, sizeof(clock), line->wall_ns));
	table__cell(t, "%s", line->gap ? "" : STREAM_NAMES[line->stream]);
	table__safe_cell(t, output_line__text(line));
}

static const char *nothing_yet(const struct output_log *l)
{
	return l->over ? "the command printed nothing" : "nothing printed yet";
}

static unsigned head(const struct scene *s, struct canvas *c, unsigned row, unsigned rows)
{
	const struct output_log *l = s->output;
	uint64_t lines = l->arrived - l->gaps, waiting = l->until ? l->arrived - l->until : 0;
	char amount[DURATION_TEXT];
	unsigned at = 1;

	(void)rows;
	if (*l->message)
		at += canvas__print(c, row, at, STYLE_WARNING, "%s  ", l->message);
	if (!l->arrived)
		at += canvas__put(c, row, at, c->columns, STYLE_DIM, nothing_yet(l));
	else
		at += canvas__print(c, row, at, STYLE_DIM, "%" PRIu64 " %s", lines,
				    lines == 1 ? "line" : "lines");
	if (l->arrived > l->count)
		at += canvas__print(c, row, at, STYLE_DIM, ", the last %zu are kept", l->count);
	if (l->lost)
		at += canvas__print(c, row, at, STYLE_BOLD, "; %s left out",
				    bytes_format(amount, sizeof(amount), l->lost));
	if (waiting)
		at += canvas__print(c, row, at, STYLE_BOLD, "; %" PRIu64 " more since the pause", waiting);
	if (l->over && l->arrived && !*l->message)
		canvas__print(c, row, at, STYLE_DIM, "; end of the output");
	return 1;
}

/* The line whole. */
static bool detail(const struct scene *s, uint64_t id, struct page *p)
{
	const struct output_log *l = s->output;
	uint64_t number = output_log__first(l), last = output_log__last(l);
	char day[DURATION_TEXT], clock[DURATION_TEXT], *text;
	const struct output_line *line;

	while (number && number <= last && identity(number) != id)
		number++;
	for (uint64_t index = OPEN_LINE; number > last && index < OPEN_LINE + OUTPUT_STREAMS; index++)
		if (identity(index) == id)
			number = index;
	line = line_of(s, number);
	if (!line)
		return false;
	page__line(p, STYLE_HEADING, 2, "%s %.12s  %s", time_format_day(day, sizeof(day), line->wall_ns),
		   time_format_clock(clock, sizeof(clock), line->wall_ns),
		   line->gap ? "not shown" : STREAM_NAMES[line->stream]);
	text = output_line__text(line);
	page__lines(p, STYLE_PLAIN, text);
	free(text);
	return true;
}

const struct screen_view view_output = {
	.title = "output",
	.applies = applies,
	.columns = columns,
	.rows = rows,
	.cells = cells,
	.head = head,
	.detail = detail,
	.empty = "",
	.without_report = true,
};
