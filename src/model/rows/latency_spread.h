/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many durations, as a row has them: percentiles and a histogram. Pure. */
#ifndef TS_MODEL_ROWS_LATENCY_SPREAD_H
#define TS_MODEL_ROWS_LATENCY_SPREAD_H

#include "report/report.h"
#include "util/arena.h"
#include "bpf/hist.h"
#include "bpf/threadscope.h"

/* Percentiles of the durations counted between two readings (before may be NULL) and of the ages of calls in
 * flight; epoch: the interval's number. */
struct spread {
	uint32_t buckets[TS_HIST_BUCKETS];
	uint64_t count;
	uint64_t max_ns;
};
void spread__add(struct spread *s, const struct ts_latency *now, const struct ts_latency *before,
		 uint64_t epoch);
void spread__add_age(struct spread *s, uint64_t age_ns);
void spread__merge(struct spread *s, const struct spread *other);
/* count: that of the row, which may differ from the number of values. */
struct latency_row spread__row(const struct spread *s, uint64_t count);
struct histogram_row spread__histogram(struct arena *a, const struct spread *s);

#endif
