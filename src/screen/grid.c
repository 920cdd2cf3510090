// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/grid.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/heap.h"

void grid__init(struct grid *g)
{
	*g = (struct grid){.sort = -1};
}

void grid__free(struct grid *g)
{
	free(g->rows);
	free(g->order);
	free(g->open);
	*g = (struct grid){0};
}

void grid__begin(struct grid *g, const struct grid_source *source, const struct column *columns, size_t count)
{
	if (g->columns != columns)
		memset(g->widths, 0, sizeof(g->widths));
	g->source = *source;
	g->columns = columns;
	g->column_count = count < GRID_COLUMNS ? count : GRID_COLUMNS;
	g->count = 0;
	if (g->sort >= (int)g->column_count)
		g->sort = -1;
}

void grid__follow(struct grid *g, uint64_t first)
{
	uint64_t top = g->shown && g->top < g->shown ? g->rows[g->order[g->top]].index : 0;

	if (!g->selected || !g->shown || g->position + 1 >= g->shown) {
		g->selected = 0;
		g->position = SIZE_MAX; /* the last one that there will be */
	} else if (!*g->filter) {
		g->top = top > first ? top - first : 0;
	}
}

/* ---- folding ------------------------------------------------------------------ */

static size_t find_open(const struct grid *g, uint64_t id)
{
	size_t i = 0;

	while (i < g->open_count && g->open[i] != id)
		i++;
	return i;
}

bool grid__add(struct grid *g, const struct grid_row *row)
{
	struct grid_row *r = ARRAY_ADD(g->rows, g->count, g->room);

	*r = *row;
	if (r->fold != FOLD_NONE)
		r->fold = find_open(g, r->id) < g->open_count ? FOLD_OPEN : FOLD_CLOSED;
	return r->fold == FOLD_OPEN;
}

bool grid__fold(struct grid *g, bool open)
{
	const struct grid_row *r = grid__selected(g);
	size_t i = r ? find_open(g, r->id) : 0;

	if (!r)
		return false;
	if (!open && r->depth && r->fold != FOLD_OPEN) { /* to its parent */
		for (size_t k = g->position; k-- > 0;) {
			const struct grid_row *parent = &g->rows[g->order[k]];

			if (parent->depth < r->depth) {
				if (parent->still)
					return false;
				grid__select(g, parent->id);
				return parent->fold == FOLD_OPEN && grid__fold(g, false);
			}
		}
		return false;
	}
	if (r->fold == FOLD_NONE || open == (i < g->open_count))
		return false;
	if (open)
		*ARRAY_ADD(g->open, g->open_count, g->open_room) = r->id;
	else
		g->open[i] = g->open[--g->open_count];
	return true;
}

/* ---- cells and what is searched in them -------------------------------------------- */

static void make_cells(const struct grid *g, const struct grid_row *row, struct table *t)
{
	*t = (struct table){.columns = g->column_count};
	g->source.cells(g->source.arg, row, t);
}

static const char *cell_text(const struct table *t, size_t column)
{
	return column < t->count && t->cells[column] ? t->cells[column] : "";
}

/* Whether text has part in it, whatever the case of its ASCII letters. */
static bool has_part(const char *text, const char *part)
{
	size_t length = strlen(part);

	for (; *text; text++)
		if (!strncasecmp(text, part, length))
			return true;
	return !length;
}

static bool row_has(const struct grid *g, const struct grid_row *row, const char *text)
{
	struct table t;
	bool found = false;

	make_cells(g, row, &t);
	for (size_t i = 0; i < g->column_count && !found; i++)
		found = has_part(cell_text(&t, i), text);
	table__free(&t);
	return found;
}

/* ---- order -------------------------------------------------------------------------- */

struct key {
	size_t index;
	double value; /* NAN: by text */
	char *text;
};

static int by_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order;

	if (!isnan(x->value) && !isnan(y->value))
		order = (x->value < y->value) - (x->value > y->value);
	else
		order = strcmp(x->text ? x->text : "", y->text ? y->text : "");
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static struct key key_of(const struct grid *g, size_t index)
{
	const struct grid_row *row = &g->rows[index];
	size_t column = (size_t)g->sort;
	struct key k = {.index = index, .value = g->source.value(g->source.arg, row, column)};
	struct table t;

	if (isnan(k.value)) {
		make_cells(g, row, &t);
		k.text = heap__string(cell_text(&t, column));
		table__free(&t);
	}
	return k;
}

/* The rows under one that is shown go with it. */
static void take_family(struct grid *g, size_t index)
{
	unsigned depth = g->rows[index].depth;

	do
		g->order[g->shown++] = index++;
	while (index < g->count && g->rows[index].depth > depth);
}

/* A heading and what is below it stay at the end, in their order. */
static void take_headings(struct grid *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (!g->rows[i].depth && g->rows[i].still)
			take_family(g, i);
}

static void sort_families(struct grid *g)
{
	struct key *keys = HEAP_NEW(struct key, g->count + 1);
	size_t count = 0;

	for (size_t i = 0; i < g->count; i++)
		if (!g->rows[i].depth && !g->rows[i].still)
			keys[count++] = key_of(g, i);
	qsort(keys, count, sizeof(*keys), by_key);
	for (size_t i = 0; i < count; i++)
		take_family(g, keys[g->reverse ? count - 1 - i : i].index);
	take_headings(g);
	for (size_t i = 0; i < count; i++)
		free(keys[i].text);
	free(keys);
}

static void reverse_families(struct grid *g)
{
	for (size_t i = g->count; i-- > 0;)
		if (!g->rows[i].depth && !g->rows[i].still)
			take_family(g, i);
	take_headings(g);
}

static void filter_rows(struct grid *g)
{
	size_t kept = 0;

	for (size_t i = 0; i < g->shown; i++) {
		const struct grid_row *r = &g->rows[g->order[i]];

		if (r->still || row_has(g, r, g->filter))
			g->order[kept++] = g->order[i];
	}
	g->shown = kept;
}

static bool can_select(const struct grid *g, size_t position)
{
	return !g->rows[g->order[position]].still;
}

/* The row nearest to where the selected one was. */
static void settle(struct grid *g)
{
	if (!g->shown) {
		g->position = 0;
		return;
	}
	if (g->position >= g->shown)
		g->position = g->shown - 1;
	for (size_t i = g->position; i < g->shown; i++)
		if (can_select(g, i)) {
			g->position = i;
			return;
		}
	while (g->position && !can_select(g, g->position))
		g->position--;
}

void grid__end(struct grid *g)
{
	ARRAY_RESERVE(g->order, g->order_room, g->count + 1);
	g->shown = 0;
	if (g->sort >= 0 && g->source.value)
		sort_families(g);
	else if (g->reverse && g->source.value)
		reverse_families(g);
	else
		for (size_t i = 0; i < g->count; i++)
			g->order[g->shown++] = i;
	if (*g->filter)
		filter_rows(g);
	for (size_t i = 0; g->selected && i < g->shown; i++)
		if (g->rows[g->order[i]].id == g->selected && can_select(g, i)) {
			g->position = i;
			return;
		}
	settle(g);
}

/* ---- the selected row ------------------------------------------------------------------ */

const struct grid_row *grid__selected(const struct grid *g)
{
	const struct grid_row *r = g->position < g->shown ? &g->rows[g->order[g->position]] : NULL;

	return r && !r->still ? r : NULL;
}

void grid__select(struct grid *g, uint64_t id)
{
	g->selected = id;
	for (size_t i = 0; i < g->shown; i++)
		if (g->rows[g->order[i]].id == id && can_select(g, i))
			g->position = i;
}

static void take_position(struct grid *g, size_t position)
{
	g->position = position;
	g->selected = g->rows[g->order[position]].id;
}

void grid__move(struct grid *g, long rows)
{
	size_t at = g->position, left = (size_t)labs(rows);

	while (left && g->shown) {
		size_t next = at;

		do
			next = rows < 0 ? next - 1 : next + 1;
		while (next < g->shown && !can_select(g, next));
		if (next >= g->shown) { /* also where it went below 0 */
			if (rows < 0)
				g->top = 0; /* shows the headings above it */
			break;
		}
		left -= 1;
		at = next;
	}
	if (g->shown)
		take_position(g, at);
}

void grid__find(struct grid *g, const char *text, bool backwards)
{
	for (size_t i = 1; *text && i <= g->shown; i++) {
		size_t at = (g->position + (backwards ? g->shown - i : i)) % g->shown;

		if (can_select(g, at) && row_has(g, &g->rows[g->order[at]], text)) {
			take_position(g, at);
			return;
		}
	}
}
