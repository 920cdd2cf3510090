/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is on the screen, as cells. Views draw here and never on the terminal, so every screen can be tested
 * as text. Names come from outside: what could move a cursor or reorder a line never gets into a cell.
 */
#ifndef TS_SCREEN_CANVAS_H
#define TS_SCREEN_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_DIM,      /* ended, or of little weight */
	STYLE_HEADING,  /* of a table */
	STYLE_TITLE,    /* the header line */
	STYLE_TAB,      /* a view that is not shown */
	STYLE_TAB_OPEN, /* the one that is */
	STYLE_KEY,      /* in the line of keys */
	STYLE_WARNING,
	STYLE_CRITICAL,
	STYLE_SELECTED,
	STYLE_MATCH, /* what the filter found */
	STYLES
};

/* A character with its combining marks; more of them than fit are left out. */
#define GLYPH_BYTES 20
struct cell {
	char text[GLYPH_BYTES]; /* UTF-8; "": the second half of a wide character */
	uint8_t columns;        /* 1 or 2; 0: that second half */
	uint8_t style;          /* enum style */
};

struct canvas {
	unsigned rows, columns;
	bool ascii; /* no other characters, whatever is put */
	struct cell *cells;
};

/* Larger than any terminal in use; a terminal that says it is larger is drawn up to here. */
#define CANVAS_ROWS    500u
#define CANVAS_COLUMNS 1000u

/* Blank, of that size. canvas__free accepts a zeroed one. */
void canvas__resize(struct canvas *c, unsigned rows, unsigned columns);
void canvas__clear(struct canvas *c);
void canvas__free(struct canvas *c);

/*
 * Puts text, cut to max columns and to the row, with a mark at its end if it was cut. What is outside of the
 * canvas is ignored. Returns the columns that it took.
 */
unsigned canvas__put(struct canvas *c, unsigned row, unsigned column, unsigned max, enum style style,
		     const char *text);
/* The same of a text whose first skip columns are scrolled out to the left. */
unsigned canvas__put_from(struct canvas *c, unsigned row, unsigned column, unsigned max, enum style style,
			  const char *text, unsigned skip);
/* From column on, as printf. */
unsigned canvas__print(struct canvas *c, unsigned row, unsigned column, enum style style, const char *format,
		       ...) __attribute__((format(printf, 5, 6)));
/* Gives count columns another style. */
void canvas__style(struct canvas *c, unsigned row, unsigned column, unsigned count, enum style style);

/* As lines, without blanks at their ends; the caller frees it. */
char *canvas__text(const struct canvas *c);

#endif
