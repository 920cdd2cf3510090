/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that wait for each other in a circle. Pure. */
#ifndef TS_MODEL_ROWS_DEADLOCKS_H
#define TS_MODEL_ROWS_DEADLOCKS_H

#include "report/report.h"
#include "util/arena.h"

struct naming;

struct deadlocks {
	const struct deadlock *list;
	size_t count;
	const bool *involved; /* by thread: in a deadlock, or behind one, directly or not */
};

/* In the threads of one instant; allocated in a. A wait with a timeout ends by itself, and so does a circle
 * with one: it is no deadlock. */
struct deadlocks deadlocks__find(struct arena *a, const struct naming *n);

#endif
