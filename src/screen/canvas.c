// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/escape.h"
#include "util/heap.h"

static const struct cell blank = {.text = " ", .columns = 1};

static struct cell *cell_at(struct canvas *c, unsigned row, unsigned column)
{
	return &c->cells[(size_t)row * c->columns + column];
}

void canvas__clear(struct canvas *c)
{
	for (size_t i = 0; i < (size_t)c->rows * c->columns; i++)
		c->cells[i] = blank;
}

void canvas__resize(struct canvas *c, unsigned rows, unsigned columns)
{
	c->rows = rows < CANVAS_ROWS ? rows : CANVAS_ROWS;
	c->columns = columns < CANVAS_COLUMNS ? columns : CANVAS_COLUMNS;
	free(c->cells);
	c->cells = HEAP_NEW(struct cell, (size_t)c->rows * c->columns + 1);
	canvas__clear(c);
}

void canvas__free(struct canvas *c)
{
	free(c->cells);
	*c = (struct canvas){0};
}

/* One character of a text, as it may be shown. */
struct glyph {
	char text[8];
	size_t bytes;     /* in the source */
	unsigned columns; /* 0: it combines with the one before */
};

/* Marks and lines that threadscope itself draws have a counterpart in ASCII; all else becomes '?'. */
static char plain_counterpart(unsigned code)
{
	if (code >= 0x2581 && code <= 0x2588) /* bars of one eighth to eight eighths */
		return "_.,-=+*#"[code - 0x2581];
	switch (code) {
	case 0x2026: /* ellipsis */
		return '>';
	case 0x2191: /* up */
		return '^';
	case 0x2193: /* down */
		return 'v';
	case 0x25b8: /* folded */
		return '+';
	case 0x25be: /* unfolded */
		return '-';
	case 0x25cf: /* bullet */
		return '*';
	case 0x00d7: /* times */
		return 'x';
	case 0x2500:
		return '-';
	case 0x2502:
		return '|';
	case 0x2514:
	case 0x251c:
		return '`';
	}
	return '?';
}

static struct glyph next_glyph(const char *text, bool ascii)
{
	struct glyph g = {.text = "?", .bytes = 1, .columns = 1};
	unsigned code = 0;
	size_t length = utf8_length(text, &code);

	if (!length)
		return g;
	g.bytes = length;
	if (code < 0x20 || utf8_is_unsafe(code))
		return g;
	g.columns = utf8_columns(code);
	if (ascii && code >= 0x80) {
		g.text[0] = g.columns ? plain_counterpart(code) : '\0';
		return g;
	}
	memcpy(g.text, text, length);
	g.text[length] = '\0';
	return g;
}

/* A mark that combines with the cell before column. */
static void combine(struct canvas *c, unsigned row, unsigned column, const char *mark)
{
	struct cell *cell = column ? cell_at(c, row, column - 1) : NULL;

	if (cell && !cell->columns && column > 1)
		cell--;
	if (cell && cell->columns && strlen(cell->text) + strlen(mark) < sizeof(cell->text))
		memcpy(cell->text + strlen(cell->text), mark, strlen(mark) + 1);
}

/* A wide character of which a half is overwritten goes whole. */
static void part_wide(struct canvas *c, unsigned row, unsigned column)
{
	struct cell *cell = cell_at(c, row, column);

	if (!cell->columns && column)
		cell[-1] = (struct cell){.text = " ", .columns = 1, .style = cell[-1].style};
	if (cell->columns == 2)
		cell[1] = (struct cell){.text = " ", .columns = 1, .style = cell->style};
}

static void set_cell(struct canvas *c, unsigned row, unsigned column, enum style style, const struct glyph *g)
{
	struct cell *cell = cell_at(c, row, column);

	for (unsigned i = 0; i < g->columns; i++)
		part_wide(c, row, column + i);
	*cell = (struct cell){.columns = (uint8_t)g->columns, .style = (uint8_t)style};
	memcpy(cell->text, g->text, sizeof(g->text));
	if (g->columns == 2)
		cell[1] = (struct cell){.columns = 0, .style = (uint8_t)style};
}

/* Whether all of it fits into max columns. */
static bool fits(const char *text, bool ascii, unsigned max)
{
	unsigned used = 0;

	while (*text && used <= max) {
		struct glyph g = next_glyph(text, ascii);

		used += g.columns;
		text += g.bytes;
	}
	return used <= max;
}

unsigned canvas__put(struct canvas *c, unsigned row, unsigned column, unsigned max, enum style style,
		     const char *text)
{
	const struct glyph mark = next_glyph("\xe2\x80\xa6", c->ascii);
	unsigned used = 0;
	bool whole;

	if (row >= c->rows || column >= c->columns)
		return 0;
	if (max > c->columns - column)
		max = c->columns - column;
	whole = fits(text, c->ascii, max);
	while (*text && max) {
		struct glyph g = next_glyph(text, c->ascii);

		if (used + g.columns > max - !whole)
			break;
		if (!g.columns)
			combine(c, row, column + used, g.text);
		else
			set_cell(c, row, column + used, style, &g);
		used += g.columns;
		text += g.bytes;
	}
	if (!whole && used < max) {
		set_cell(c, row, column + used, style, &mark);
		used++;
	}
	return used;
}

unsigned canvas__put_from(struct canvas *c, unsigned row, unsigned column, unsigned max, enum style style,
			  const char *text, unsigned skip)
{
	const struct glyph mark = next_glyph("\xe2\x80\xa6", c->ascii);
	unsigned skipped = 0;
	bool some = skip && *text;

	while (*text && skipped < skip) {
		struct glyph g = next_glyph(text, c->ascii);

		skipped += g.columns;
		text += g.bytes;
	}
	if (!some || row >= c->rows || column >= c->columns || !max)
		return canvas__put(c, row, column, max, style, text);
	set_cell(c, row, column, style, &mark);
	return 1 + canvas__put(c, row, column + 1, max - 1, style, text);
}

unsigned canvas__print(struct canvas *c, unsigned row, unsigned column, enum style style, const char *format,
		       ...)
{
	unsigned used;
	va_list args;
	char *text;

	va_start(args, format);
	text = heap__vformat(format, args);
	va_end(args);
	used = canvas__put(c, row, column, c->columns, style, text);
	free(text);
	return used;
}

void canvas__style(struct canvas *c, unsigned row, unsigned column, unsigned count, enum style style)
{
	for (unsigned i = column; row < c->rows && i < c->columns && i - column < count; i++)
		cell_at(c, row, i)->style = (uint8_t)style;
}

char *canvas__text(const struct canvas *c)
{
	size_t size = (size_t)c->rows * ((size_t)c->columns * GLYPH_BYTES + 1) + 1, used = 0;
	char *text = heap__alloc(size);

	for (unsigned row = 0; row < c->rows; row++) {
		size_t end = used;

		for (unsigned column = 0; column < c->columns; column++) {
			const struct cell *cell = &c->cells[(size_t)row * c->columns + column];
			size_t length = strlen(cell->text);

			memcpy(text + used, cell->text, length);
			used += length;
			if (strcmp(cell->text, " ") != 0)
				end = used;
		}
		used = end;
		text[used++] = '\n';
	}
	text[used] = '\0';
	return text;
}
