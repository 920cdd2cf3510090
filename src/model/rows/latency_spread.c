// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "model/rows/latency_spread.h"
#include "util/histogram.h"

#define MAX_NS_MASK ((1ULL << TS_MAX_NS_BITS) - 1)

/* The maximum of the epoch that ended with the reading, and of the beginning of the next one. */
static uint64_t largest(const struct ts_latency *l, uint64_t epoch)
{
	uint64_t max = 0;

	for (int i = 0; i < 2; i++)
		if (l->interval_max[i] >> TS_MAX_NS_BITS >= epoch && (l->interval_max[i] & MAX_NS_MASK) > max)
			max = l->interval_max[i] & MAX_NS_MASK;
	return max;
}

void spread__add(struct spread *s, const struct ts_latency *now, const struct ts_latency *before,
		 uint64_t epoch)
{
	uint32_t fresh[TS_HIST_BUCKETS], top = TS_HIST_BUCKETS;
	uint64_t max, count;

	if (before)
		histogram__difference(fresh, now->buckets, before->buckets);
	else
		memcpy(fresh, now->buckets, sizeof(fresh));
	count = histogram__total(fresh);
	if (!count)
		return;
	while (!fresh[--top])
		;
	max = before && now->max_ns == before->max_ns ? largest(now, epoch) : now->max_ns;
	/* Counted between the two reads: known by its bucket only. */
	if (max < histogram__lower_ns(top))
		max = histogram__lower_ns(top);
	histogram__merge(s->buckets, fresh);
	s->count += count;
	if (max > s->max_ns)
		s->max_ns = max;
}

void spread__add_age(struct spread *s, uint64_t age_ns)
{
	histogram__add(s->buckets, age_ns);
	if (age_ns > s->max_ns)
		s->max_ns = age_ns;
}

void spread__merge(struct spread *s, const struct spread *other)
{
	histogram__merge(s->buckets, other->buckets);
	s->count += other->count;
	if (other->max_ns > s->max_ns)
		s->max_ns = other->max_ns;
}

struct latency_row spread__row(const struct spread *s, uint64_t count)
{
	return (struct latency_row){.count = count,
				    .p50_ns = histogram__percentile(s->buckets, 500, s->max_ns),
				    .p90_ns = histogram__percentile(s->buckets, 900, s->max_ns),
				    .p99_ns = histogram__percentile(s->buckets, 990, s->max_ns),
				    .p999_ns = histogram__percentile(s->buckets, 999, s->max_ns),
				    .max_ns = s->max_ns};
}

struct histogram_row spread__histogram(struct arena *a, const struct spread *s)
{
	struct histogram_bar *bars;
	size_t count = 0;

	for (uint32_t i = 0; i < TS_HIST_BUCKETS; i++)
		count += s->buckets[i] > 0;
	bars = ARENA_NEW(a, struct histogram_bar, count + 1);
	count = 0;
	for (uint32_t i = 0; i < TS_HIST_BUCKETS; i++)
		if (s->buckets[i])
			bars[count++] = (struct histogram_bar){histogram__lower_ns(i), s->buckets[i]};
	return (struct histogram_row){bars, count};
}
