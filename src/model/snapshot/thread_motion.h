/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several snapshots of one process: which threads moved between them. Pure. */
#ifndef TS_MODEL_SNAPSHOT_THREAD_MOTION_H
#define TS_MODEL_SNAPSHOT_THREAD_MOTION_H

#include "report/report.h"

struct motion;

struct motion *motion__new(void);
void motion__free(struct motion *m); /* NULL is fine */

/* Adds the next snapshot, taken at now_ns (CLOCK_MONOTONIC): compares each row with the previous ones. */
void motion__mark(struct motion *m, struct thread_row *threads, size_t count, uint64_t now_ns);

#endif
