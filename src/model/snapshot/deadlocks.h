/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that wait for each other in a circle. Pure. */
#ifndef TS_MODEL_SNAPSHOT_DEADLOCKS_H
#define TS_MODEL_SNAPSHOT_DEADLOCKS_H

#include "report/report.h"
#include "util/arena.h"

/* Fills in the report's deadlocks, from its threads and locks. Returns, for each thread, whether it is in one
 * or waits behind one, directly or not; in a. */
const bool *model__deadlocks(struct arena *a, struct snapshot_report *r);

#endif
