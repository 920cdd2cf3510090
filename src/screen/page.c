// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/page.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/escape.h"
#include "util/heap.h"

static void add(struct page *p, enum style style, unsigned indent, const char *format, va_list args)
{
	char *raw = heap__vformat(format, args), *safe;
	size_t size = strlen(raw) * ESCAPE_MAX + 1;

	safe = heap__alloc(size);
	escape_terminal(safe, size, raw);
	free(raw);
	*ARRAY_ADD(p->lines, p->count, p->room) =
		(struct page_line){.text = safe, .style = style, .indent = indent};
}

void page__line(struct page *p, enum style style, unsigned indent, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(p, style, indent, format, args);
	va_end(args);
}

void page__lines(struct page *p, enum style style, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		*ARRAY_ADD(p->lines, p->count, p->room) = (struct page_line){
			.text = heap__format("%.*s", (int)length, text), .style = style, .indent = 4};
		text += length + (text[length] == '\n');
	}
}

void page__heading(struct page *p, const char *format, ...)
{
	va_list args;

	if (p->count)
		page__line(p, STYLE_PLAIN, 0, "%s", "");
	va_start(args, format);
	add(p, STYLE_HEADING, 0, format, args);
	va_end(args);
}

void page__clear(struct page *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->lines[i].text);
	p->count = 0;
}

void page__free(struct page *p)
{
	page__clear(p);
	free(p->lines);
	*p = (struct page){0};
}

/* The bytes of text that fit into a row: up to a blank if there is one in its second half. */
static size_t fitting(const char *text, unsigned columns)
{
	size_t used = 0, at = 0, blank = 0, blank_columns = 0;

	while (text[at]) {
		unsigned code = 0;
		size_t length = utf8_length(text + at, &code);
		unsigned width = length ? utf8_columns(code) : 1;

		if (used + width > columns)
			return blank && blank_columns > columns / 2 ? blank : at ? at : length ? length : 1;
		if (text[at] == ' ') {
			blank = at + 1;
			blank_columns = used;
		}
		used += width;
		at += length ? length : 1;
	}
	return at;
}

/* Draws one line from screen line *at of the page on. */
static void draw_line(const struct page *p, const struct page_line *l, struct canvas *c, unsigned row,
		      unsigned rows, size_t *at)
{
	unsigned indent = l->indent < c->columns / 2 ? l->indent : 0;
	const char *text = l->text;
	bool first = true;

	do {
		unsigned from = first ? 0 : indent;
		size_t bytes = fitting(text, c->columns > from ? c->columns - from : 1);

		if (*at >= p->top && *at - p->top < rows) {
			char *part = heap__format("%.*s", (int)bytes, text);

			canvas__put(c, row + (unsigned)(*at - p->top), from, c->columns, l->style, part);
			free(part);
		}
		++*at;
		text += bytes;
		first = false;
	} while (*text);
}

unsigned page__draw(struct page *p, struct canvas *c, unsigned row, unsigned rows)
{
	size_t at = 0;

	if (p->top && p->last_height && p->top + rows > p->last_height)
		p->top = p->last_height > rows ? p->last_height - rows : 0;
	for (size_t i = 0; i < p->count; i++)
		draw_line(p, &p->lines[i], c, row, rows, &at);
	p->last_height = at;
	p->shown = rows;
	at = at > p->top ? at - p->top : 0;
	return at < rows ? (unsigned)at : rows;
}

void page__scroll(struct page *p, long lines)
{
	size_t last = p->last_height > p->shown ? p->last_height - p->shown : 0;

	if (lines < 0)
		p->top = p->top > (size_t)-lines ? p->top - (size_t)-lines : 0;
	else
		p->top = p->top + (size_t)lines < last ? p->top + (size_t)lines : last;
}
