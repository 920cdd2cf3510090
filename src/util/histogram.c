/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/histogram.h"

#define LINEAR_STEP (1ULL << (TS_HIST_MIN_SHIFT - 3))

uint64_t histogram__lower_ns(uint32_t bucket)
{
	unsigned power;

	if (bucket < 8)
		return bucket * LINEAR_STEP;
	if (bucket >= TS_HIST_BUCKETS)
		bucket = TS_HIST_BUCKETS - 1;
	power = TS_HIST_MIN_SHIFT + bucket / 8 - 1;
	return (8ULL + bucket % 8) << (power - 3);
}

uint64_t histogram__upper_ns(uint32_t bucket)
{
	if (bucket >= TS_HIST_BUCKETS - 1)
		return UINT64_MAX;
	return histogram__lower_ns(bucket + 1);
}

uint64_t histogram__total(const uint32_t *buckets)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < TS_HIST_BUCKETS; i++)
		total += buckets[i];
	return total;
}

static uint64_t middle_ns(uint32_t bucket, uint64_t max_ns)
{
	uint64_t lower, middle;

	if (bucket == TS_HIST_BUCKETS - 1)
		return max_ns;
	lower = histogram__lower_ns(bucket);
	middle = lower + (histogram__upper_ns(bucket) - lower) / 2;
	return middle < max_ns ? middle : max_ns;
}

uint64_t histogram__percentile(const uint32_t *buckets, unsigned per_mille, uint64_t max_ns)
{
	uint64_t total = histogram__total(buckets), rank, seen = 0;

	if (!total)
		return 0;
	if (per_mille > 1000)
		per_mille = 1000;
	rank = (total * per_mille + 999) / 1000; /* total < 2^41: cannot overflow */
	if (!rank)
		rank = 1;
	for (uint32_t i = 0; i < TS_HIST_BUCKETS; i++) {
		seen += buckets[i];
		if (seen >= rank)
			return middle_ns(i, max_ns);
	}
	return max_ns;
}

static uint32_t add_full(uint32_t a, uint32_t b)
{
	uint32_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT32_MAX : sum;
}

void histogram__add(uint32_t *buckets, uint64_t ns)
{
	uint32_t bucket = hist_bucket(ns);

	buckets[bucket] = add_full(buckets[bucket], 1);
}

void histogram__merge(uint32_t *into, const uint32_t *from)
{
	for (uint32_t i = 0; i < TS_HIST_BUCKETS; i++)
		into[i] = add_full(into[i], from[i]);
}

void histogram__difference(uint32_t *ret, const uint32_t *now, const uint32_t *before)
{
	for (uint32_t i = 0; i < TS_HIST_BUCKETS; i++)
		ret[i] = now[i] - before[i];
}
