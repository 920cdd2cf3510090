/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The details of a file that is written to. */
#ifndef TS_SCREEN_LOG_DETAIL_H
#define TS_SCREEN_LOG_DETAIL_H

#include "screen/scene.h"

/* f: a row of the report; those of other processes that write to the same file are shown with it. */
void log_detail__write(const struct scene *s, const struct file_row *f, struct page *p);
/* A line or two. */
void log_detail__preview(const struct scene *s, const struct file_row *f, struct page *p);

/* log_times.c: how long its calls took, in the interval and since attach, and over the kept intervals. */
void log_times__write(const struct scene *s, const struct file_row *f, struct page *p);
/* The rows of one file are those with the same first row. */
static inline bool log__same(const struct file_row *a, const struct file_row *b)
{
	return a->same_file == b->same_file;
}

#endif
