/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which order rows are in reports: for qsort, of rows, and total, so that output is stable. Pure. */
#ifndef TS_MODEL_ROWS_ORDER_H
#define TS_MODEL_ROWS_ORDER_H

#include "report/report.h"

/* Threads: longest first; those with nothing to do (poll, sleep ...) after the others; running ones last. */
int order__by_wait(const void *a, const void *b);
/* Processes: most load first, on CPUs and on storage. */
int order__by_load(const void *a, const void *b);
/* Creators: most living threads first. */
int order__by_alive(const void *a, const void *b);
/* Groups of a snapshot: most threads first. */
int order__by_size(const void *a, const void *b);
/* Locks: most time waited first. */
int order__by_time_waited(const void *a, const void *b);
/* Locks: most waiters first. */
int order__by_waiters(const void *a, const void *b);
/* Files: those with the oldest call in flight, by seconds, then most bytes written first. */
int order__by_bytes_written(const void *a, const void *b);
/* Files with their details: the slowest call of the interval first, idle files last, and behind them
 * connections without a slow call. */
int order__by_worst_call(const void *a, const void *b);

/* Timed calls: most time first, those that wait for input last. */
int order__by_time_in_calls(const void *a, const void *b);

#endif
