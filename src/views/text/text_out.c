/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/text/text_out.h"

#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/escape.h"
#include "util/heap.h"

/* Formats and escapes into memory of its own. */
static char *safe_text(const char *format, va_list args)
{
	char *raw = heap__vformat(format, args), *safe;
	size_t size = strlen(raw) * ESCAPE_MAX + 1;

	safe = heap__alloc(size);
	escape_terminal(safe, size, raw);
	free(raw);
	return safe;
}

static void print(FILE *out, const char *before, const char *after, const char *format, va_list args)
{
	char *safe = safe_text(format, args);

	fprintf(out, "%s%s%s", before, safe, after);
	free(safe);
}

void text_part(FILE *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(out, "", "", format, args);
	va_end(args);
}

void text_line(FILE *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(out, "", "\n", format, args);
	va_end(args);
}

void text_coloured(const struct view_options *o, FILE *out, enum text_colour colour, const char *format, ...)
{
	static const char *const codes[] = {"", "\033[1m", "\033[33m", "\033[1;31m", "\033[2m"};
	bool on = o->colour && colour != TEXT_PLAIN;
	va_list args;

	va_start(args, format);
	print(out, on ? codes[colour] : "", on ? "\033[0m" : "", format, args);
	va_end(args);
}

static void put_cell(struct table *t, char *text)
{
	*ARRAY_ADD(t->cells, t->count, t->room) = text; /* NULL prints nothing */
}

void table__cell(struct table *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_cell(t, safe_text(format, args));
	va_end(args);
}

void table__safe_cell(struct table *t, char *text)
{
	put_cell(t, text);
}

/* The cells after the first are NULL, which marks such a row. */
void table__line(struct table *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_cell(t, safe_text(format, args));
	va_end(args);
	for (size_t i = 1; i < t->columns; i++)
		put_cell(t, NULL);
}

size_t table__rows(const struct table *t)
{
	return t->columns ? (t->count + t->columns - 1) / t->columns : 0;
}

static const char *cell(const struct table *t, size_t row, size_t column)
{
	size_t i = row * t->columns + column;

	return i < t->count && t->cells[i] ? t->cells[i] : "";
}

static bool is_line(const struct table *t, size_t row)
{
	return t->columns > 1 && row * t->columns + 1 < t->count && !t->cells[row * t->columns + 1];
}

/* 0: the column is empty. */
static size_t column_width(const struct table *t, size_t column)
{
	size_t widest = 0, first = t->heading ? 1 : 0;

	for (size_t row = first; row < table__rows(t); row++) {
		size_t width = utf8_width(cell(t, row, column));

		if (width > widest && !is_line(t, row))
			widest = width;
	}
	if (widest && t->heading && utf8_width(cell(t, 0, column)) > widest)
		widest = utf8_width(cell(t, 0, column));
	return widest;
}

void table__print(const struct table *t, FILE *out)
{
	size_t widths[TABLE_COLUMNS] = {0};

	for (size_t column = 0; column < t->columns && column < TABLE_COLUMNS; column++)
		widths[column] = column_width(t, column);
	for (size_t row = 0; row < table__rows(t); row++) {
		size_t owed = 0; /* blanks, printed only if text follows: no line ends in blanks */

		if (is_line(t, row)) {
			fprintf(out, "%s\n", cell(t, row, 0));
			continue;
		}
		for (size_t column = 0; column < t->columns && column < TABLE_COLUMNS; column++) {
			const char *text = cell(t, row, column);
			size_t blanks = widths[column] ? widths[column] - utf8_width(text) : 0;

			if (!widths[column])
				continue;
			if (t->right >> column & 1) {
				owed += blanks;
				blanks = 0;
			}
			if (*text) {
				fprintf(out, "%*s%s", (int)owed, "", text);
				owed = 0;
			}
			owed += blanks + 2;
		}
		fputc('\n', out);
	}
}

void table__free(struct table *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct table){0};
}

FILE *screen__begin(struct screen *s, const struct view_options *o)
{
	*s = (struct screen){0};
	if (!o->refresh)
		return o->out;
	s->stream = open_memstream(&s->text, &s->length);
	return s->stream ? s->stream : o->out;
}

/* Returns the start of the next character; *ret_columns: the width of this one. */
static const char *next_character(const char *text, size_t *ret_columns)
{
	unsigned code = 0;
	size_t length;

	*ret_columns = 0;
	if (*text == '\033') /* only our own colours: all other text is escaped */
		return text + strcspn(text, "m") + 1;
	length = utf8_length(text, &code);
	*ret_columns = utf8_columns(code);
	return text + (length ? length : 1);
}

static bool fits(const char *line, size_t columns)
{
	size_t used = 0, width;

	while (*line && *line != '\n' && used <= columns) {
		line = next_character(line, &width);
		used += width;
	}
	return used <= columns;
}

/* Prints one line. A line wider than the screen (0: no limit) is cut, with a mark. Returns the start of the
 * next line. */
static const char *print_cut(const struct view_options *o, const char *line)
{
	bool whole = !o->columns || fits(line, o->columns), cut = false;
	size_t used = 0, width;

	while (*line && *line != '\n') {
		const char *next = next_character(line, &width);

		if (!whole && !cut && used + width >= o->columns) {
			cut = true;
			fputs(o->utf8 ? "\xe2\x80\xa6" : ">", o->out);
		}
		if (!cut || *line == '\033') /* colours are reset */
			fwrite(line, 1, (size_t)(next - line), o->out);
		used += width;
		line = next;
	}
	return *line ? line + 1 : line;
}

static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; (text = strchr(text, '\n')); text++)
		lines++;
	return lines;
}

void screen__end(struct screen *s, const struct view_options *o)
{
	size_t lines, skip_from, row = 0;

	if (!s->stream)
		return;
	if (fclose(s->stream) || !s->text)
		goto out;
	lines = count_lines(s->text);
	/* The cursor's own row stays free. */
	skip_from = o->rows && lines + 1 > o->rows ? (o->rows > 2 ? o->rows - 2 : 0) : lines;
	fputs("\033[H\033[J", o->out);
	for (const char *line = s->text; *line; row++) {
		if (row < skip_from || row + 1 == lines)
			line = print_cut(o, line), fputc('\n', o->out);
		else
			line = strchr(line, '\n') + 1;
	}
out:
	free(s->text);
	*s = (struct screen){0};
}
