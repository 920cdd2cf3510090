/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output of the text view. All text is escaped for a terminal, so no name can move the cursor, change a
 * colour or forge a line.
 */
#ifndef TS_VIEWS_TEXT_TEXT_OUT_H
#define TS_VIEWS_TEXT_TEXT_OUT_H

#include <stdarg.h>
#include <stdio.h>

#include "views/view.h"

enum text_colour { TEXT_PLAIN, TEXT_BOLD, TEXT_YELLOW, TEXT_RED, TEXT_DIM };

/* Part of a line, and a whole line. The format itself must not contain control characters. */
void text_part(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_line(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A part in colour, if o says so. */
void text_coloured(const struct view_options *o, FILE *out, enum text_colour colour, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#define TABLE_COLUMNS 16 /* at most */

/* Rows of cells; each column is as wide as its widest cell, with two spaces in between. Columns that are
 * empty except for the heading are omitted. */
struct table {
	size_t columns;
	unsigned right; /* bit i: column i is right-aligned */
	bool heading;   /* the first row is a heading */
	char **cells;
	size_t count, room;
};

void table__cell(struct table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One that is escaped already; takes text, which is the heap's. */
void table__safe_cell(struct table *t, char *text);
/* A row with one text over all columns. */
void table__line(struct table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
size_t table__rows(const struct table *t); /* begun ones */
void table__print(const struct table *t, FILE *out);
void table__free(struct table *t);

/*
 * One screen: output in between is cut to the rows and columns of the terminal; the last line always stays.
 * NULL: out of memory.
 */
struct screen {
	FILE *stream;
	char *text;
	size_t length;
};
FILE *screen__begin(struct screen *s, const struct view_options *o);
void screen__end(struct screen *s, const struct view_options *o);

#endif
