// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/trend.h"

#include <stdio.h>
#include <string.h>

#include "report/go_rows.h"

static uint64_t per_second(uint64_t amount, uint64_t interval_ns)
{
	return interval_ns ? (uint64_t)((double)amount * 1e9 / (double)interval_ns) : 0;
}

void trend__add(struct trend *t, const struct interval_report *r)
{
	uint64_t sums[TREND_FIGURES] = {0};

	for (size_t i = 0; i < r->process_count; i++) {
		const struct process_row *p = &r->processes[i];

		sums[TREND_THREADS] += p->threads;
		sums[TREND_BLOCKED] += p->blocked;
		if (p->go && !p->go->problem)
			sums[TREND_GOROUTINES] += p->go->count;
		if (p->writes.p99_ns > sums[TREND_WRITE_P99])
			sums[TREND_WRITE_P99] = p->writes.p99_ns;
	}
	for (size_t i = 0; i < r->lock_count; i++)
		if (!r->locks[i].for_work)
			sums[TREND_LOCK_WAIT] += r->locks[i].wait_ns;
	sums[TREND_LOCK_WAIT] = per_second(sums[TREND_LOCK_WAIT], r->interval_ns);
	for (size_t f = 0; f < TREND_FIGURES; f++)
		t->values[f][t->count % TREND_POINTS] = sums[f];
	t->count++;
}

struct trend trend__before(const struct trend *t, uint64_t reports)
{
	struct trend before = {0};
	size_t first = t->count > TREND_POINTS ? t->count - TREND_POINTS : 0;

	for (size_t i = first; i + reports < t->count; i++) {
		for (size_t f = 0; f < TREND_FIGURES; f++)
			before.values[f][before.count] = t->values[f][i % TREND_POINTS];
		before.count++;
	}
	return before;
}

static size_t kept(const struct trend *t, size_t width)
{
	size_t most = width < TREND_POINTS ? width : TREND_POINTS;

	return t->count < most ? t->count : most;
}

static uint64_t value(const struct trend *t, enum trend_figure figure, size_t before_last)
{
	return t->values[figure][(t->count - 1 - before_last) % TREND_POINTS];
}

uint64_t trend__last(const struct trend *t, enum trend_figure figure)
{
	return t->count ? value(t, figure, 0) : 0;
}

uint64_t trend__largest(const struct trend *t, enum trend_figure figure, size_t width)
{
	uint64_t largest = 0;

	for (size_t i = 0; i < kept(t, width); i++)
		if (value(t, figure, i) > largest)
			largest = value(t, figure, i);
	return largest;
}

void trend__bars(const struct trend *t, enum trend_figure figure, size_t width, char *dst)
{
	uint64_t largest = trend__largest(t, figure, width);

	*dst = '\0';
	for (size_t i = kept(t, width); i-- > 0;) {
		uint64_t v = value(t, figure, i);
		/* U+2581 to U+2588: what is not 0 has a bar. */
		unsigned eighths = v ? (unsigned)((double)v * 7.0 / (double)largest + 0.5) : 0;

		dst += sprintf(dst, v ? "\xe2\x96%c" : " ", 0x81 + (int)(eighths > 7 ? 7 : eighths));
	}
}
