/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arithmetic on the bucket arrays of struct ts_latency (bpf/threadscope.h):
 * TS_HIST_BUCKETS counters, the bucket of a duration is hist_bucket(ns) of
 * bpf/hist.h. Pure; no function allocates or fails.
 */
#ifndef TS_UTIL_HISTOGRAM_H
#define TS_UTIL_HISTOGRAM_H

#include <stdint.h>

#include "bpf/hist.h"

/* The bucket holds lower_ns <= duration < upper_ns; the last one has no upper bound: UINT64_MAX. */
uint64_t histogram__lower_ns(uint32_t bucket);
uint64_t histogram__upper_ns(uint32_t bucket);

/* Sum of all buckets. */
uint64_t histogram__total(const uint32_t *buckets);

/*
 * The smallest duration that per_mille of the counted durations do not exceed (500: median, 990: p99), as the
 * middle of its bucket, at most max_ns, which is exact. 0 if nothing was counted; max_ns in the last bucket.
 */
uint64_t histogram__percentile(const uint32_t *buckets, unsigned per_mille, uint64_t max_ns);

/* Counts one duration; a full counter stays full. */
void histogram__add(uint32_t *buckets, uint64_t ns);

/* into += from, bucket by bucket; a full counter stays full. */
void histogram__merge(uint32_t *into, const uint32_t *from);

/* ret = now - before. Counters in the kernel wrap: the difference is correct if fewer than 2^32 fell into one
 * bucket in between. ret may be now or before. */
void histogram__difference(uint32_t *ret, const uint32_t *now, const uint32_t *before);

#endif
