/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads with the same stack, together. Pure. */
#ifndef TS_MODEL_SNAPSHOT_GROUPS_H
#define TS_MODEL_SNAPSHOT_GROUPS_H

#include "report/report.h"
#include "util/arena.h"

/* Fills r->groups from r->threads (those that are not left out) and r->locks; all in a. */
void model__groups(struct arena *a, struct snapshot_report *r);

#endif
