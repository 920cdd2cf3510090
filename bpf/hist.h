/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bucket of struct ts_latency for a duration. Both sides of the kernel boundary compile it, so both use
 * the same integer arithmetic: no loop, no libc, no count-leading-zeros (BPF has none).
 */
#ifndef THREADSCOPE_HIST_H
#define THREADSCOPE_HIST_H

#include "threadscope.h"

/*
 * Position of the most significant bit of 0 < v < 2^63, by five halvings. The comparisons use the sign of a
 * subtraction: branches would make the verifier walk 64 paths at every use.
 */
static inline __u32 hist_msb(__u64 v)
{
	__u32 msb, step;

	msb = (__u32)((0xffffffffULL - v) >> 63) << 5;
	v >>= msb;
	step = (__u32)((0xffffULL - v) >> 63) << 4;
	v >>= step;
	msb |= step;
	step = (__u32)((0xffULL - v) >> 63) << 3;
	v >>= step;
	msb |= step;
	step = (__u32)((0xfULL - v) >> 63) << 2;
	v >>= step;
	msb |= step;
	step = (__u32)((0x3ULL - v) >> 63) << 1;
	v >>= step;
	msb |= step;
	return msb | (__u32)(v >> 1);
}

/*
 * 0 .. TS_HIST_BUCKETS - 1. The compiler knows this bound, the verifier may not: BPF callers mask or check
 * the index again behind a barrier.
 */
static inline __u32 hist_bucket(__u64 ns)
{
	__u32 msb;

	if (ns < (1ULL << TS_HIST_MIN_SHIFT))
		return (__u32)(ns >> (TS_HIST_MIN_SHIFT - 3));
	if (ns >= (1ULL << TS_HIST_MAX_SHIFT))
		return TS_HIST_BUCKETS - 1;
	msb = hist_msb(ns);
	return (msb - TS_HIST_MIN_SHIFT + 1) * 8 + ((__u32)(ns >> (msb - 3)) & 7);
}

#endif
