// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/growth.h"

#define MIN_POINTS 3 /* two intervals: less is no trend */
#define MIN_GROWTH 2

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

	if (h->count < MIN_POINTS)
		return false;
	last = h->points[h->count - 1].value;
	return lowest(h, half, h->count) > lowest(h, 0, half) && last > h->points[third].value &&
	       last >= h->points[0].value + MIN_GROWTH;
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
