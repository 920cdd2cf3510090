/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Durations of calls over time: one column per interval, one row per power of two. Pure. */
#ifndef TS_MODEL_INTERVAL_HEATMAP_H
#define TS_MODEL_INTERVAL_HEATMAP_H

#include "report/report.h"

#define HEAT_ROWS \
	41 /* row i: from 2^i ns up to twice that; the last row includes everything above 18 minutes */
#define HEAT_LOWEST  6 /* the first used row: everything below 128 ns */
#define HEAT_COLUMNS 512

enum heat_kind { HEAT_WRITES, HEAT_FSYNCS, HEAT_KINDS };

struct heat_column {
	uint64_t time_ns; /* CLOCK_REALTIME at its end */
	uint64_t interval_ns;
	uint64_t calls[HEAT_KINDS]
		      [HEAT_ROWS]; /* calls that ended in the interval, or are in flight at its end */
};

struct heatmap {
	size_t count; /* columns, oldest first; when full, the oldest is dropped */
	struct heat_column columns[HEAT_COLUMNS];
};

/* A column without calls, and the calls on a file of that report into the last column. */
void heatmap__begin(struct heatmap *h, const struct interval_report *r);
void heatmap__count(struct heatmap *h, const struct file_row *f);
/* Adds all files of a report with details as one column. */
void heatmap__add(struct heatmap *h, const struct interval_report *r);

#endif
