/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table that can be moved in: rows with an identity, of which one is selected and stays so when the order
 * changes; sorted by a column, filtered, folded. A view fills it anew from each report; the cells of a row
 * are made only when they are shown or searched.
 */
#ifndef TS_SCREEN_GRID_H
#define TS_SCREEN_GRID_H

#include "report/column.h"
#include "screen/canvas.h"
#include "views/text/text_out.h"

#define GRID_COLUMNS 16
#define GRID_MARGIN  3 /* columns of the screen before a row, for marks */
#define GRID_FILTER  64

enum fold { FOLD_NONE, FOLD_CLOSED, FOLD_OPEN };

struct grid_row {
	uint64_t id;    /* of what it shows, in every report; not 0 */
	size_t index;   /* of that, for the view that made the row */
	size_t group;   /* of several, of which index is the first */
	unsigned depth; /* under the row above that has one less */
	enum fold fold;
	enum style style;
	bool still; /* a heading, or a part: cannot be selected */
	bool part;  /* more lines of the row above */
};

/* How a view's rows become cells. */
struct grid_source {
	const void *arg;
	/* Adds a cell for each column. */
	void (*cells)(const void *arg, const struct grid_row *row, struct table *t);
	/* To sort by; NAN: its text counts. NULL: the rows stay in their order. */
	double (*value)(const void *arg, const struct grid_row *row, size_t column);
};

struct grid {
	/* Of this report. */
	struct grid_source source;
	const struct column *columns;
	size_t column_count;
	struct grid_row *rows;
	size_t count, room;
	size_t *order; /* indexes of the rows that are shown */
	size_t shown, order_room;

	/* What stays. */
	uint64_t selected; /* its id; 0: the first row */
	size_t position;   /* of it in order */
	size_t top;        /* the first row on the screen, in order */
	unsigned height;   /* rows on the screen, as last drawn */
	int sort;          /* column; -1: as the model has them */
	bool reverse;
	uint32_t hidden; /* bit i: column i is not wanted */
	unsigned skip;   /* columns of the last cell that are scrolled out */
	unsigned widths[GRID_COLUMNS], drawn_columns;
	char filter[GRID_FILTER]; /* "": none */
	uint64_t *open;           /* ids of what is unfolded */
	size_t open_count, open_room;
};

void grid__init(struct grid *g);
void grid__free(struct grid *g);

/* A new report: no rows, with these columns. What the person chose stays. */
void grid__begin(struct grid *g, const struct grid_source *source, const struct column *columns,
		 size_t count);
/* The next row; children follow their parent. Its fold is as the person left it: returns whether it is open.
 */
bool grid__add(struct grid *g, const struct grid_row *row);
/*
 * Before the rows of a log are added, whose indexes are numbers that follow one another from first on: the
 * last row stays selected while others come; another one stays where it is on the screen.
 */
void grid__follow(struct grid *g, uint64_t first);
/* After the last row: sorts, filters, and finds the selected one. */
void grid__end(struct grid *g);

/* The selected row, or NULL if no row can be selected. */
const struct grid_row *grid__selected(const struct grid *g);
void grid__select(struct grid *g, uint64_t id);
/* By rows; stays within them. */
void grid__move(struct grid *g, long rows);
/* Folds and unfolds the selected row; of a child, closing goes to its parent. true: the rows have to be made
 * anew. */
bool grid__fold(struct grid *g, bool open);
/* The next or previous row with this text, from the selected one on. */
void grid__find(struct grid *g, const char *text, bool backwards);
/* The row that is drawn there; NULL: none. row counts from the grid's first line on the screen, its heading.
 */
const struct grid_row *grid__row_at(const struct grid *g, unsigned row);
/* The column whose heading is drawn there; -1: none. */
int grid__column_at(const struct grid *g, unsigned column);

/* Behind the heading of the column that it is sorted by: which way. */
const char *grid__sort_mark(const struct grid *g);
/* Into these rows of the canvas, its heading first. */
void grid__draw(struct grid *g, struct canvas *c, unsigned row, unsigned rows);

#endif
