/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Distinguishes growth from fluctuation. Pure. */
#ifndef TS_MODEL_ROWS_HISTORY_H
#define TS_MODEL_ROWS_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_POINTS 64

/* Values over time; when full, every second point is dropped, so it always spans the whole time. */
struct history {
	size_t count;
	struct {
		uint64_t time_ns, value;
	} points[HISTORY_POINTS];
};

void history__add(struct history *h, uint64_t time_ns, uint64_t value);
/*
 * True if the low water mark rises and still continues: the second half never falls to the minimum of the
 * first half, and the last third rises, too. A fluctuating pool does not grow.
 */
bool history__grows(const struct history *h);
/*
 * The same with a stricter test: each quarter has a higher low water mark than the one before, the marks rise
 * by more than the value fluctuates within a quarter, and the last eighth rises. Noise and a single step do
 * not pass.
 */
bool history__rises(const struct history *h);
/* Per second, over the whole time; 0 with fewer than two points. */
double history__rate(const struct history *h);
uint64_t history__span_ns(const struct history *h);

#endif
