/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of threads with the same stack. Pure. */
#ifndef TS_MODEL_SNAPSHOT_GROUPS_H
#define TS_MODEL_SNAPSHOT_GROUPS_H

#include "report/report.h"
#include "util/arena.h"

/* Fills r->groups from r->threads (except unselected ones) and r->locks; allocated in a. */
void model__groups(struct arena *a, struct snapshot_report *r);

#endif
