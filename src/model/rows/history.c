// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rows/history.h"

#include "thresholds.h"

void history__add(struct history *h, uint64_t time_ns, uint64_t value)
{
	if (h->count == HISTORY_POINTS) {
		for (size_t i = 0; i < HISTORY_POINTS / 2; i++)
			h->points[i] = h->points[i * 2];
		h->count = HISTORY_POINTS / 2;
	}
	h->points[h->count].time_ns = time_ns;
	h->points[h->count++].value = value;
}

static uint64_t lowest(const struct history *h, size_t from, size_t to)
{
	uint64_t low = h->points[from].value;

	for (size_t i = from; i < to; i++)
		if (h->points[i].value < low)
			low = h->points[i].value;
	return low;
}

bool history__grows(const struct history *h)
{
	size_t half = h->count / 2, third = h->count - h->count / 3 - 1;
	uint64_t last;

	if (h->count < GROWTH_READINGS)
		return false;
	last = h->points[h->count - 1].value;
	return lowest(h, half, h->count) > lowest(h, 0, half) && last > h->points[third].value &&
	       last >= h->points[0].value + GROWTH_MIN;
}

#define QUARTERS         4
#define POINTS_A_QUARTER 2

bool history__rises(const struct history *h)
{
	uint64_t low[QUARTERS], widest = 0, step = 0, rise;

	if (h->count < QUARTERS * POINTS_A_QUARTER ||
	    h->points[h->count - 1].value <= h->points[h->count - 2 - h->count / 8].value)
		return false;
	for (size_t q = 0; q < QUARTERS; q++) {
		size_t from = h->count * q / QUARTERS, to = h->count * (q + 1) / QUARTERS;
		uint64_t high = 0;

		low[q] = lowest(h, from, to);
		for (size_t i = from; i < to; i++)
			if (h->points[i].value > high)
				high = h->points[i].value;
		if (high - low[q] > widest)
			widest = high - low[q];
		if (q && low[q] <= low[q - 1])
			return false;
		if (q && low[q] - low[q - 1] > step)
			step = low[q] - low[q - 1];
	}
	rise = low[QUARTERS - 1] - low[0];
	return rise >= GROWTH_OVER_NOISE * widest && step * 3 <= rise * GROWTH_STEP_THIRDS;
}

uint64_t history__span_ns(const struct history *h)
{
	return h->count ? h->points[h->count - 1].time_ns - h->points[0].time_ns : 0;
}

double history__rate(const struct history *h)
{
	uint64_t span = history__span_ns(h);

	if (!span)
		return 0;
	return ((double)h->points[h->count - 1].value - (double)h->points[0].value) * 1e9 / (double)span;
}
