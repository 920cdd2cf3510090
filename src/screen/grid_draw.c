// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen/grid.h"
#include "util/array.h"
#include "util/escape.h"
#include "util/heap.h"

#define GAP         2  /* between columns */
#define WIDEST      48 /* of a column that is not the last */
#define LEAST_END   24 /* the last column has this much, or a third of the screen, before others give way */
#define GOOD_WORDS  20 /* so much of a column of words, before those are left out that are less needed */
#define LEAST_WORDS 12 /* and so much, before it is left out itself */
#define HEADING     64 /* buffer for one */

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

const char *grid__sort_mark(const struct grid *g)
{
	return g->reverse ? "\xe2\x86\x91" : "\xe2\x86\x93";
}

/* With the mark of what the rows are sorted by. */
static const char *heading_of(const struct grid *g, size_t column, char dst[HEADING])
{
	snprintf(dst, HEADING, "%s%s%s", g->columns[column].heading, (int)column == g->sort ? " " : "",
		 (int)column == g->sort ? grid__sort_mark(g) : "");
	return dst;
}

/* Columns only get wider while the view is open: nothing jumps. A column without text is left out. */
static void measure(struct grid *g, const struct visible *v, unsigned columns)
{
	char text[HEADING];

	if (g->drawn_columns != columns)
		memset(g->widths, 0, sizeof(g->widths));
	g->drawn_columns = columns;
	for (size_t k = 0; k < g->column_count; k++) {
		unsigned widest = 0, heading = (unsigned)utf8_width(heading_of(g, k, text));

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

/* Which columns are shown, and how wide. A width of 0: not this one. */
struct layout {
	unsigned widths[GRID_COLUMNS];
	size_t last; /* of those shown: it has the rest of the row */
};

/* Without those that were hidden or are left out, as wide as they would be. */
static struct layout whole(const struct grid *g, uint32_t left_out, unsigned end)
{
	struct layout l = {0};

	for (size_t k = 0; k < g->column_count; k++) {
		if ((g->hidden | left_out) >> k & 1)
			continue;
		l.widths[k] = g->widths[k];
		if (l.widths[k] || k + 1 == g->column_count)
			l.last = k;
	}
	if (!l.widths[l.last] || l.widths[l.last] > end)
		l.widths[l.last] = end;
	return l;
}

static unsigned width_of(const struct layout *l)
{
	unsigned used = GRID_MARGIN;

	for (size_t k = 0; k <= l->last; k++)
		used += l->widths[k] ? l->widths[k] + (k < l->last ? GAP : 0) : 0;
	return used;
}

/* Cuts the widest columns of words, as far as they can still be read. */
static void cut_words(const struct grid *g, struct layout *l, unsigned columns, unsigned least)
{
	for (size_t widest = 0; width_of(l) > columns && widest < l->last; l->widths[widest]--) {
		widest = l->last;
		for (size_t k = 0; k < l->last; k++)
			if (!g->columns[k].right && l->widths[k] > least &&
			    (widest == l->last || l->widths[k] > l->widths[widest]))
				widest = k;
		if (widest == l->last)
			return;
	}
}

/* The next column that is less needed; 0: none, the first one stays. */
static size_t less_needed(const struct grid *g, const struct layout *l)
{
	for (size_t k = 1; k <= l->last; k++)
		if (l->widths[k] && g->columns[k].needs & FIRST_TO_GO)
			return k;
	return 0;
}

/* The last one before the last column; 0: none. */
static size_t last_needed(const struct layout *l)
{
	size_t k = l->last ? l->last - 1 : 0;

	while (k && !l->widths[k])
		k--;
	return k;
}

/* Those that give way to the end of the last column, up to two thirds of the screen. */
static uint32_t given_way(const struct grid *g, unsigned columns)
{
	unsigned most = columns * 2 / 3;
	struct layout l = whole(g, 0, most);
	uint32_t out = 0;

	for (size_t k = 0; k < l.last && width_of(&l) > columns; k++)
		if (l.widths[k] && g->columns[k].needs & GIVES_WAY) {
			out |= 1u << k;
			l = whole(g, out, most);
		}
	return out;
}

/* The last column is what a row is about. Those of words are cut before any is left out. */
static struct layout lay_out(const struct grid *g, unsigned columns)
{
	unsigned end = columns / 3 > LEAST_END ? columns / 3 : LEAST_END;
	uint32_t left_out = given_way(g, columns);
	struct layout l = whole(g, left_out, end);
	size_t k;

	cut_words(g, &l, columns, GOOD_WORDS);
	while (width_of(&l) > columns && (k = less_needed(g, &l))) {
		left_out |= 1u << k;
		l = whole(g, left_out, end);
		cut_words(g, &l, columns, GOOD_WORDS);
	}
	cut_words(g, &l, columns, LEAST_WORDS);
	while (width_of(&l) > columns && (k = last_needed(&l))) {
		left_out |= 1u << k;
		l = whole(g, left_out, end);
		cut_words(g, &l, columns, LEAST_WORDS);
	}
	return l;
}

static unsigned draw_cell(const struct grid *g, const struct layout *l, struct canvas *c, unsigned row,
			  unsigned at, size_t column, enum style style, const char *text)
{
	unsigned width = l->widths[column], taken = (unsigned)utf8_width(text);

	if (column == l->last) {
		canvas__put_from(c, row, at, c->columns, style, text, g->skip);
		return at;
	}
	if (g->columns[column].right && taken < width)
		canvas__put(c, row, at + width - taken, taken, style, text);
	else
		canvas__put(c, row, at, width, style, text);
	return at + width + GAP;
}

static void draw_heading(const struct grid *g, const struct layout *l, struct canvas *c, unsigned row)
{
	unsigned at = GRID_MARGIN;
	char heading[HEADING];

	canvas__style(c, row, 0, c->columns, STYLE_HEADING);
	for (size_t k = 0; k < g->column_count; k++) {
		unsigned from = at;

		if (!l->widths[k])
			continue;
		at = draw_cell(g, l, c, row, at, k, STYLE_HEADING, heading_of(g, k, heading));
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

/* Its lines below it are selected with it. */
static bool is_selected(const struct grid *g, const struct grid_row *r)
{
	while (r->part && r > g->rows)
		r--;
	return r == grid__selected(g);
}

static void draw_row(const struct grid *g, const struct layout *l, struct canvas *c, unsigned row,
		     const struct grid_row *r, const struct table *t)
{
	unsigned at = GRID_MARGIN;

	draw_marks(c, row, r);
	for (size_t k = 0; k < g->column_count; k++)
		if (l->widths[k])
			at = draw_cell(g, l, c, row, at, k, r->style, text_of(t, k));
	if (is_selected(g, r))
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
	struct layout l;

	if (!g->column_count || rows <= head)
		return;
	scroll_to_selected(g, rows - head);
	v = make_visible(g, rows - head);
	measure(g, &v, c->columns);
	l = lay_out(g, c->columns);
	if (head)
		draw_heading(g, &l, c, row);
	for (size_t i = 0; i < v.count; i++)
		draw_row(g, &l, c, row + head + (unsigned)i, &g->rows[g->order[g->top + i]], &v.tables[i]);
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
	struct layout l = {0};
	unsigned at = GRID_MARGIN;

	if (g->column_count)
		l = lay_out(g, g->drawn_columns);
	for (size_t k = 0; k < g->column_count; k++) {
		if (!l.widths[k])
			continue;
		if (column >= at && (column < at + l.widths[k] || k == l.last))
			return (int)k;
		at += l.widths[k] + GAP;
	}
	return -1;
}
