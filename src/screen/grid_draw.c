// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "screen/grid.h"
#include "util/array.h"
#include "util/escape.h"
#include "util/heap.h"

#define GAP       2  /* between columns */
#define WIDEST    48 /* of a column that is not the last */
#define LEAST_END 24 /* the last column has at least this much, before others give way */

/* The rows that are on the screen, with their cells. */
struct visible {
	struct table *tables;
	size_t count;
};

static const char *text_of(const struct table *t, size_t column)
{
	return column < t->count && t->cells[column] ? t->cells[column] : "";
}

static void scroll_to_selected(struct grid *g, unsigned rows)
{
	g->height = rows;
	if (g->position < g->top)
		g->top = g->position;
	if (rows && g->position >= g->top + rows)
		g->top = g->position - rows + 1;
	if (g->top + rows > g->shown)
		g->top = g->shown > rows ? g->shown - rows : 0;
}

static struct visible make_visible(const struct grid *g, unsigned rows)
{
	struct visible v = {0};

	v.tables = HEAP_NEW(struct table, rows + 1);
	for (size_t i = g->top; i < g->shown && v.count < rows; i++) {
		struct table *t = &v.tables[v.count++];

		t->columns = g->column_count;
		g->source.cells(g->source.arg, &g->rows[g->order[i]], t);
	}
	return v;
}

static void free_visible(struct visible *v)
{
	for (size_t i = 0; i < v->count; i++)
		table__free(&v->tables[i]);
	free(v->tables);
}

/* Columns only get wider while the view is open: nothing jumps. A column without text is left out. */
static void measure(struct grid *g, const struct visible *v, unsigned columns)
{
	if (g->drawn_columns != columns)
		memset(g->widths, 0, sizeof(g->widths));
	g->drawn_columns = columns;
	for (size_t k = 0; k < g->column_count; k++) {
		unsigned widest = 0, heading = (unsigned)utf8_width(g->columns[k].heading);

		for (size_t i = 0; i < v->count; i++) {
			unsigned width = (unsigned)utf8_width(text_of(&v->tables[i], k));

			widest = width > widest ? width : widest;
		}
		if (widest && heading > widest)
			widest = heading;
		widest = widest > WIDEST && k + 1 < g->column_count ? WIDEST : widest;
		if (widest > g->widths[k])
			g->widths[k] = widest;
	}
}

/* Which columns there is room for: bits. The last one is what a row is about; those before it go first. */
static uint32_t choose(const struct grid *g, unsigned columns)
{
	size_t last = g->column_count - 1;
	unsigned used = GRID_MARGIN + (g->widths[last] < LEAST_END ? g->widths[last] : LEAST_END);
	uint32_t chosen = 1u << last;

	for (size_t k = 0; k < last; k++) {
		if (!g->widths[k] || g->hidden >> k & 1)
			continue;
		used += g->widths[k] + GAP;
		if (used > columns && k)
			break;
		chosen |= 1u << k;
	}
	return chosen;
}

static unsigned draw_cell(const struct grid *g, struct canvas *c, unsigned row, unsigned at, size_t column,
			  enum style style, const char *text)
{
	unsigned width = g->widths[column], taken = (unsigned)utf8_width(text);

	if (column + 1 == g->column_count) {
		canvas__put_from(c, row, at, c->columns, style, text, g->skip);
		return at;
	}
	if (g->columns[column].right && taken < width)
		canvas__put(c, row, at + width - taken, taken, style, text);
	else
		canvas__put(c, row, at, width, style, text);
	return at + width + GAP;
}

static void draw_heading(const struct grid *g, struct canvas *c, unsigned row, uint32_t chosen)
{
	unsigned at = GRID_MARGIN;

	canvas__style(c, row, 0, c->columns, STYLE_HEADING);
	for (size_t k = 0; k < g->column_count; k++) {
		unsigned from = at;

		if (!(chosen >> k & 1))
			continue;
		at = draw_cell(g, c, row, at, k, STYLE_HEADING, g->columns[k].heading);
		if ((int)k == g->sort)
			canvas__style(c, row, from, at > from ? at - from - GAP : c->columns, STYLE_KEY);
	}
}

/* In the two columns before a row: whether it unfolds, that it is below another, and how bad it is. Colour is
 * never the only sign. */
static void draw_marks(struct canvas *c, unsigned row, const struct grid_row *r)
{
	if (r->fold != FOLD_NONE)
		canvas__put(c, row, 0, 1, r->style, r->fold == FOLD_CLOSED ? "\xe2\x96\xb8" : "\xe2\x96\xbe");
	if (r->depth)
		canvas__put(c, row, 1, 1, STYLE_DIM, "\xe2\x94\x82");
	else if (r->style == STYLE_CRITICAL && !r->still)
		canvas__put(c, row, r->fold != FOLD_NONE, 2, r->style, r->fold != FOLD_NONE ? "!" : "!!");
	else if (r->style == STYLE_WARNING && !r->still)
		canvas__put(c, row, r->fold != FOLD_NONE, 1, r->style, "!");
}

static void draw_row(const struct grid *g, struct canvas *c, unsigned row, const struct grid_row *r,
		     const struct table *t, uint32_t chosen)
{
	unsigned at = GRID_MARGIN;

	draw_marks(c, row, r);
	for (size_t k = 0; k < g->column_count; k++)
		if (chosen >> k & 1)
			at = draw_cell(g, c, row, at, k, r->style, text_of(t, k));
	if (r == grid__selected(g))
		canvas__style(c, row, 0, c->columns, STYLE_SELECTED);
}

static bool has_heading(const struct grid *g)
{
	for (size_t k = 0; k < g->column_count; k++)
		if (*g->columns[k].heading)
			return true;
	return false;
}

void grid__draw(struct grid *g, struct canvas *c, unsigned row, unsigned rows)
{
	unsigned head = has_heading(g) ? 1 : 0;
	struct visible v;
	uint32_t chosen;

	if (!g->column_count || rows <= head)
		return;
	scroll_to_selected(g, rows - head);
	v = make_visible(g, rows - head);
	measure(g, &v, c->columns);
	chosen = choose(g, c->columns);
	if (head)
		draw_heading(g, c, row, chosen);
	for (size_t i = 0; i < v.count; i++)
		draw_row(g, c, row + head + (unsigned)i, &g->rows[g->order[g->top + i]], &v.tables[i],
			 chosen);
	free_visible(&v);
}

const struct grid_row *grid__row_at(const struct grid *g, unsigned row)
{
	unsigned head = has_heading(g) ? 1 : 0;
	size_t i = g->top + row - head;

	return row >= head && row - head < g->height && i < g->shown ? &g->rows[g->order[i]] : NULL;
}

int grid__column_at(const struct grid *g, unsigned column)
{
	uint32_t chosen = g->column_count ? choose(g, g->drawn_columns) : 0;
	unsigned at = GRID_MARGIN;

	for (size_t k = 0; k < g->column_count; k++) {
		if (!(chosen >> k & 1))
			continue;
		if (column >= at && (column < at + g->widths[k] || k + 1 == g->column_count))
			return (int)k;
		at += g->widths[k] + GAP;
	}
	return -1;
}
