/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time that has been spent, and comes back: one part in so many of the time that passes. */
#ifndef TS_UTIL_ALLOWANCE_H
#define TS_UTIL_ALLOWANCE_H

#include <stdint.h>

struct allowance {
	uint64_t spent_ns;
	uint64_t since_ns; /* CLOCK_MONOTONIC: what has passed since has not come back yet; 0: nothing was
			      spent */
};

/* Gives back what has come back by now_ns. */
static inline void allowance__regain(struct allowance *a, uint64_t now_ns, unsigned one_in)
{
	uint64_t back;

	if (!a->since_ns)
		a->since_ns = now_ns;
	back = (now_ns - a->since_ns) / one_in;
	a->spent_ns -= back < a->spent_ns ? back : a->spent_ns;
	a->since_ns += back * one_in;
}

#endif
