/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines to read: a detail, the help. They scroll, and wrap at the width of the screen. */
#ifndef TS_SCREEN_PAGE_H
#define TS_SCREEN_PAGE_H

#include "screen/canvas.h"

struct page_line {
	char *text; /* escaped */
	enum style style;
	unsigned indent; /* of its further lines when it wraps */
};

struct page {
	struct page_line *lines;
	size_t count, room;
	size_t top;         /* the first one shown, counted in lines of the screen */
	size_t last_height; /* as drawn: lines of the screen in all */
	unsigned shown;     /* of these, how many there was room for */
};

/* A line, as printf; what comes from outside is escaped here. Long ones wrap with that indent. */
void page__line(struct page *p, enum style style, unsigned indent, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Lines that are escaped already, as tables print them. */
void page__lines(struct page *p, enum style style, const char *text);
/* A heading: a blank line before it, unless it is the first. */
void page__heading(struct page *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void page__clear(struct page *p); /* keeps its place */
void page__free(struct page *p);

/* Draws into these rows of the canvas. Returns how many of them it used. */
unsigned page__draw(struct page *p, struct canvas *c, unsigned row, unsigned rows);
/* By lines; stays within the page. */
void page__scroll(struct page *p, long lines);

#endif
