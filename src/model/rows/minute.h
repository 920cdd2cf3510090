/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What two totals have gained in the last minute. Pure. */
#ifndef TS_MODEL_ROWS_MINUTE_H
#define TS_MODEL_ROWS_MINUTE_H

#include <stddef.h>
#include <stdint.h>

#define MINUTE_POINTS 16

struct minute_point {
	uint64_t time_ns, created, ended; /* totals, which never decrease */
};

/* Points that are some seconds apart, oldest first. Begins zeroed. */
struct minute {
	size_t count;
	struct minute_point points[MINUTE_POINTS];
};

/*
 * Adds the totals of a later time. Returns what was gained since the newest point that is at least a minute
 * old, or since the first one; its time_ns is how long ago that was: a few seconds more than a minute at
 * most, unless samples are farther apart. 0: this is the first point.
 */
struct minute_point minute__add(struct minute *m, uint64_t time_ns, uint64_t created, uint64_t ended);

#endif
