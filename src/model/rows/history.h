/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does a number grow, or only go up and down? Pure. */
#ifndef TS_MODEL_ROWS_HISTORY_H
#define TS_MODEL_ROWS_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_POINTS 64

/* Values over time; when full, every second point is dropped, so it always spans all the time watched. */
struct history {
	size_t count;
	struct {
		uint64_t time_ns, value;
	} points[HISTORY_POINTS];
};

void history__add(struct history *h, uint64_t time_ns, uint64_t value);
/*
 * True if the low water mark rises and it still goes on: the later half never
 * falls to the lowest of the first half, and the last third has risen too. A
 * pool that breathes does not grow.
 */
bool history__grows(const struct history *h);
/*
 * The same, beyond doubt: of its quarters each has a higher low water mark
 * than the one before, and these rise by more than the number goes up and down
 * within one; and the last eighth rises. Noise does not pass, nor does a single step.
 */
bool history__rises(const struct history *h);
/* Per second, over all the time watched; 0 with fewer than two points. */
double history__rate(const struct history *h);
uint64_t history__span_ns(const struct history *h);

#endif
