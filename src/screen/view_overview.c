// SPDX-License-Identifier: GPL-2.0-or-later
/* The first screen: what is the matter, how it went over the last minutes, and the top of each table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen/overview_tops.h"
#include "screen/scene.h"
#include "util/clock.h"
#include "util/duration.h"
#include "util/escape.h"
#include "util/heap.h"
#include "words/describe.h"

/* A row of the grid: its section, and in its index what it is of, with the part of a long sentence above; of
 * a heading, HEADING + how many rows are below it. */
#define PART_BITS 32
#define HEADING   (SIZE_MAX - CANVAS_ROWS)
#define INDENT    2 /* of the further parts of a sentence */

static const struct column COLUMN = {"", false, 0};

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	(void)s;
	*ret_count = 1;
	return &COLUMN;
}

/* ---- findings ------------------------------------------------------------------- */

static enum style style_of(const struct found *f)
{
	if (f->ended)
		return STYLE_DIM;
	if (f->follows) /* its cause has the colour */
		return STYLE_PLAIN;
	return f->severity == SEVERITY_CRITICAL  ? STYLE_CRITICAL
	       : f->severity == SEVERITY_WARNING ? STYLE_WARNING
						 : STYLE_PLAIN;
}

/* The bytes of the given part of a text in rows of that width; "" beyond its end. The first is wider. */
static char *wrapped(const char *text, unsigned columns, size_t part)
{
	size_t width = columns > GRID_MARGIN + INDENT ? columns - GRID_MARGIN - INDENT : 1, from = 0;

	for (size_t i = 0;; i++) {
		size_t used = 0, at = from, blank = 0;

		while (text[at] && used <= width) {
			unsigned code = 0;
			size_t length = utf8_length(text + at, &code);

			used += length ? utf8_columns(code) : 1;
			if (text[at] == ' ' && at > from + width / 2)
				blank = at;
			if (used <= width || at == from) /* a character may be wider than a row */
				at += length ? length : 1;
		}
		if (text[at] && blank)
			at = blank;
		if (i == part)
			return heap__format("%s%.*s", i ? "  " : "", (int)(at - from), text + from);
		from = at;
		while (text[from] == ' ')
			from++;
		if (!text[from])
			return heap__string("");
	}
}

static void finding_rows(const struct scene *s, struct grid *g, size_t index)
{
	const struct found *f = &s->found->list[index];
	char *text = found__sentence(s, f);

	for (size_t part = 0;; part++) {
		char *line = wrapped(text, s->columns, part);
		bool over = part && !*line;

		free(line);
		if (over || (part && f->follows))
			break;
		grid__add(g, &(struct grid_row){.id = part ? f->id + part : f->id,
						.index = index | part << PART_BITS,
						.group = TOP_FINDINGS,
						.style = style_of(f),
						.still = part > 0,
						.part = part > 0});
	}
	free(text);
}

/* ---- rows ---------------------------------------------------------------------------- */

static void heading(struct grid *g, enum top_section section, size_t shown)
{
	grid__add(g, &(struct grid_row){.id = section + 1,
					.index = HEADING + shown,
					.group = section,
					.style = STYLE_HEADING,
					.still = true});
}

#define TOP_ROWS 3 /* of each table at least */
#define RESERVED 9 /* rows of the screen for what is above and below */

/* Rows of each table: the first few, and more as far as there is room below the findings. */
static void share_room(const struct scene *s, size_t used, size_t shown[TOP_SECTIONS])
{
	size_t all[TOP_SECTIONS], left;
	bool more = true;

	for (enum top_section i = TOP_FINDINGS + 1; i < TOP_SECTIONS; i++) {
		all[i] = tops__count(s, i);
		shown[i] = all[i] < TOP_ROWS ? all[i] : TOP_ROWS;
		used += shown[i] || i == TOP_THREADS ? 1 + shown[i] : 0;
	}
	for (left = gained_since(s->rows, used + RESERVED); left && more;) {
		more = false;
		for (enum top_section i = TOP_FINDINGS + 1; i < TOP_SECTIONS && left; i++) {
			if (shown[i] == all[i])
				continue;
			shown[i]++;
			left--;
			more = true;
		}
	}
}

static void rows(const struct scene *s, struct grid *g)
{
	size_t shown[TOP_SECTIONS] = {0};

	heading(g, TOP_FINDINGS, 0);
	for (size_t i = 0; i < s->found->count; i++)
		finding_rows(s, g, i);
	share_room(s, g->count, shown);
	for (enum top_section section = TOP_FINDINGS + 1; section < TOP_SECTIONS; section++) {
		if (shown[section] || (section == TOP_THREADS && s->r->ranked_threads))
			heading(g, section, shown[section]);
		for (size_t i = 0; i < shown[section]; i++)
			grid__add(g, &(struct grid_row){.id = tops__identity(s, section, i),
							.index = i,
							.group = section});
	}
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct scene *s = arg;
	enum top_section section = (enum top_section)row->group;
	char text[TOP_TEXT], *whole, *line;

	if (row->index >= HEADING) {
		table__cell(t, "%s", tops__heading(s, section, row->index - HEADING, text));
	} else if (section == TOP_FINDINGS) {
		whole = found__sentence(s, &s->found->list[row->index & UINT32_MAX]);
		line = s->found->list[row->index & UINT32_MAX].follows
			       ? heap__string(whole) /* what does not fit is in the log's own view */
			       : wrapped(whole, s->columns, row->index >> PART_BITS);
		table__safe_cell(t, line);
		free(whole);
	} else {
		table__cell(t, "%s", tops__text(s, section, row->index, text));
	}
}

/* ---- above and below ------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum trend_figure figure;
	bool time;
} TRENDS[] = {{"threads", TREND_THREADS, false},
	      {"blocked", TREND_BLOCKED, false},
	      {"lock wait/s", TREND_LOCK_WAIT, true},
	      {"write p99", TREND_WRITE_P99, true},
	      {"goroutines", TREND_GOROUTINES, false}};

#define TREND_NAME  13
#define TREND_VALUE 12

static void draw_trend(const struct scene *s, struct canvas *c, unsigned row, unsigned at, unsigned columns,
		       size_t i)
{
	unsigned width = columns - TREND_NAME - TREND_VALUE - 2;
	uint64_t last = trend__last(s->trend, TRENDS[i].figure);
	char bars[3 * TREND_POINTS + 1], value[DURATION_TEXT];

	if (TRENDS[i].figure == TREND_WRITE_P99 && !last)
		snprintf(value, sizeof(value), "-"); /* none was written */
	else if (TRENDS[i].time)
		duration_format(value, sizeof(value), last);
	else
		count_format(value, sizeof(value), last);
	canvas__put(c, row, at, TREND_NAME, STYLE_DIM, TRENDS[i].name);
	canvas__print(c, row, at + TREND_NAME, STYLE_BOLD, "%*s", TREND_VALUE - 1, value);
	trend__bars(s->trend, TRENDS[i].figure, width < TREND_POINTS ? width : TREND_POINTS, bars);
	canvas__put(c, row, at + TREND_NAME + TREND_VALUE, width, STYLE_PLAIN, bars);
}

#define LEAST_ROWS 14 /* with fewer, there is no room for trends */

static unsigned head(const struct scene *s, struct canvas *c, unsigned row, unsigned rows)
{
	size_t count = sizeof(TRENDS) / sizeof(*TRENDS), drawn = 0;
	unsigned half = c->columns / 2;

	if (rows < LEAST_ROWS || half < TREND_NAME + TREND_VALUE + 8 || !s->trend->count)
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (TRENDS[i].figure == TREND_GOROUTINES &&
		    !trend__largest(s->trend, TREND_GOROUTINES, TREND_POINTS))
			continue;
		draw_trend(s, c, row + (unsigned)(drawn / 2), drawn % 2 ? half : 1, half - 1, i);
		drawn++;
	}
	return (unsigned)(drawn + 1) / 2;
}

static void preview(const struct scene *s, const struct grid_row *row, struct page *p)
{
	const struct finding_type *type;

	if (row->group != TOP_FINDINGS)
		return;
	type = &FINDING_TYPES[s->found->list[row->index & UINT32_MAX].kind];
	page__line(p, STYLE_DIM, 2, "%s: %s", type->name, type->next);
}

static struct place enter(const struct scene *s, const struct grid_row *row)
{
	if (row->group == TOP_FINDINGS)
		return tops__of_finding(s, &s->found->list[row->index & UINT32_MAX]);
	return tops__place(s, (enum top_section)row->group, row->index);
}

const struct screen_view view_overview = {
	.title = "overview",
	.columns = columns,
	.rows = rows,
	.cells = cells,
	.head = head,
	.preview = preview,
	.enter = enter,
	.empty = "",
};
