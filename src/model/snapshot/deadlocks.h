/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that wait for each other in a circle. Pure. */
#ifndef TS_MODEL_SNAPSHOT_DEADLOCKS_H
#define TS_MODEL_SNAPSHOT_DEADLOCKS_H

#include "report/report.h"
#include "util/arena.h"

/* Fills the report's deadlocks, from its threads and locks. Returns, for each thread, whether it is in a
 * deadlock or waits behind one, directly or not; allocated in a. */
const bool *model__deadlocks(struct arena *a, struct snapshot_report *r);

#endif
