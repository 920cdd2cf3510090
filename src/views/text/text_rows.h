/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows as cells, in the order of their table of columns: for tables in print and on a screen. A function
 * NAME_cells adds the cells of one row; NAME_value has the number that a column is sorted by, NAN where its
 * text counts.
 */
#ifndef TS_VIEWS_TEXT_TEXT_ROWS_H
#define TS_VIEWS_TEXT_TEXT_ROWS_H

#include "report/go_rows.h"
#include "views/text/text_out.h"

void text_process_cells(struct table *t, const struct interval_report *report, const struct process_row *r);
double text_process_value(const struct interval_report *report, const struct process_row *r, size_t column);

void text_lock_cells(struct table *t, const struct interval_report *report, const struct lock_row *r);
double text_lock_value(const struct interval_report *report, const struct lock_row *r, size_t column);

void text_creator_cells(struct table *t, const struct interval_report *report, const struct creator_row *r);
double text_creator_value(const struct interval_report *report, const struct creator_row *r, size_t column);

/* sums: of all processes that write to the file. */
void text_file_cells(struct table *t, const struct interval_report *report, const struct file_row *r,
		     const struct file_sums *sums);
double text_file_value(const struct interval_report *report, const struct file_row *r, size_t column);

void text_timed_cells(struct table *t, const struct interval_report *report, const struct timed_row *r);
double text_timed_value(const struct interval_report *report, const struct timed_row *r, size_t column);

void text_go_group_cells(struct table *t, const struct interval_report *report, pid_t pid,
			 const struct go_group_row *r);
double text_go_group_value(const struct interval_report *report, pid_t pid, const struct go_group_row *r,
			   size_t column);
void text_go_creator_cells(struct table *t, const struct interval_report *report, pid_t pid,
			   const struct go_creator_row *r);
double text_go_creator_value(const struct interval_report *report, pid_t pid, const struct go_creator_row *r,
			     size_t column);

#endif
