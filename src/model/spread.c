// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "model/model_private.h"
#include "util/histogram.h"

#define MAX_NS_MASK ((1ULL << TS_MAX_NS_BITS) - 1)

void spread__add(struct spread *s, const struct ts_latency *now, const struct ts_latency *before, uint64_t epoch)
{
	uint32_t fresh[TS_HIST_BUCKETS];
	uint64_t max = 0, count;

	if (before)
		histogram__difference(fresh, now->buckets, before->buckets);
	else
		memcpy(fresh, now->buckets, sizeof(fresh));
	count = histogram__total(fresh);
	if (!count)
		return;
	if (!before)
		max = now->max_ns;
	else if (now->max_ns > before->max_ns)
		max = now->max_ns; /* the largest ever is one of these */
	else if (now->interval_max >> TS_MAX_NS_BITS >= epoch)
		max = now->interval_max & MAX_NS_MASK;
	for (uint32_t i = TS_HIST_BUCKETS; !max && i-- > 0;)
		if (fresh[i]) /* ended between two readings of the clock: known to its bucket */
			max = histogram__lower_ns(i);
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
	return (struct latency_row){ .count = count,
				     .p50_ns = histogram__percentile(s->buckets, 500, s->max_ns),
				     .p99_ns = histogram__percentile(s->buckets, 990, s->max_ns),
				     .max_ns = s->max_ns };
}
