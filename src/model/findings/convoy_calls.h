/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Convoys at a lock that is held across writes or syncs of a file: what is found of these calls follows from
 * the convoy.
 */
#ifndef TS_MODEL_FINDINGS_CONVOY_CALLS_H
#define TS_MODEL_FINDINGS_CONVOY_CALLS_H

#include "model/findings/findings.h"
#include "words/describe.h"

struct call_memory;

/* In one instant: a log-stall follows from the convoy whose last owner is in that call. */
void findings__calls_of_owners(struct findings *f, const struct naming *n);

/*
 * Over an interval, after all other findings of it: also what is found of calls that have ended, and convoys
 * that the instant of the reading does not show, because their owners are just then between two calls. m has
 * what earlier readings have seen.
 */
void findings__convoy_calls(struct findings *f, const struct interval_report *r, struct call_memory *m,
			    uint64_t now_ns);

#endif
