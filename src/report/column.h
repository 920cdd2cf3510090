/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of columns: a file of src/report/columns for each table of rows, in the order in which they
 * stand.
 *
 * C("HEADING", RIGHT or LEFT, needs, CELL, value...)
 *
 * CELL says how a value becomes text (views/text/text_cells.h); needs, enum column_need, what has to be
 * collected for it that costs more than the rest. A column without a cell that says something is left out.
 */
#ifndef TS_REPORT_COLUMN_H
#define TS_REPORT_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

enum column_need {
	NEEDS_STACKS = 1, /* user stacks of blocked threads */
	FIRST_TO_GO = 2,  /* nothing; but on a narrow screen it is left out before others */
	GIVES_WAY = 4,    /* nothing; but it is left out where the last column would be cut */
};

struct column {
	const char *heading; /* "": none */
	bool right;          /* aligned */
	unsigned needs;
};

enum column_table {
	COLUMNS_OF_PROCESSES,
	COLUMNS_OF_THREADS,
	COLUMNS_OF_LOCKS,
	COLUMNS_OF_CREATORS,
	COLUMNS_OF_FILES,
	COLUMNS_OF_CALLS,
	COLUMNS_OF_LOG_CALLS,
	COLUMNS_OF_GO_GROUPS,
	COLUMNS_OF_GO_CREATORS,
	COLUMNS_OF_TIMED_CALLS,
	COLUMNS_OF_SCREEN_THREADS,
	COLUMNS_OF_SCREEN_STACKS,
	COLUMN_TABLES
};
const struct column *columns__of(enum column_table table, size_t *ret_count);
/* What the columns of any table need. */
unsigned columns__needs(void);

#endif
