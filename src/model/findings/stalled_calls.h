/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding log-stall. */
#ifndef TS_MODEL_FINDINGS_STALLED_CALLS_H
#define TS_MODEL_FINDINGS_STALLED_CALLS_H

#include "model/findings/findings.h"

/* Writes and syncs that hang or take much of the interval, with their waiters. Sets reported, by thread, for
 * those that hang. */
void findings__stalls(struct findings *f, const struct interval_report *r, bool *reported);
/* Writes and syncs in flight, with their waiters. Sets reported, by thread, for all of them. */
void findings__hanging_calls(struct findings *f, const struct snapshot_report *r, bool *reported);

#endif
