/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures of the last minutes, one per report, as lines of bars. */
#ifndef TS_SCREEN_TREND_H
#define TS_SCREEN_TREND_H

#include "report/report.h"

enum trend_figure {
	TREND_THREADS,
	TREND_BLOCKED,
	TREND_LOCK_WAIT, /* ns waited for locks, by all threads, per second */
	TREND_WRITE_P99, /* ns */
	TREND_GOROUTINES,
	TREND_FIGURES
};

#define TREND_POINTS 600 /* ten minutes of seconds */

struct trend {
	uint64_t values[TREND_FIGURES][TREND_POINTS];
	size_t count; /* in all; the last TREND_POINTS of them are kept */
};

/* Of all processes of the report together. */
void trend__add(struct trend *t, const struct interval_report *r);
/* As it was that many reports ago; what it no longer has is left out. */
struct trend trend__before(const struct trend *t, uint64_t reports);
/* The last width values, each a bar (UTF-8) by its share of the largest among them. dst has room for 3 *
 * width + 1. */
void trend__bars(const struct trend *t, enum trend_figure figure, size_t width, char *dst);
/* The last value, and the largest of the last width ones. */
uint64_t trend__last(const struct trend *t, enum trend_figure figure);
uint64_t trend__largest(const struct trend *t, enum trend_figure figure, size_t width);

#endif
