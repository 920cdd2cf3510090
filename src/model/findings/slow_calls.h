/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding log-stall: writes and syncs that have ended. */
#ifndef TS_MODEL_FINDINGS_SLOW_CALLS_H
#define TS_MODEL_FINDINGS_SLOW_CALLS_H

#include "model/findings/findings.h"

/* Files whose slow calls took much of the interval, but for those with a call that hangs: see
 * hanging_calls.h. */
void findings__slow_calls(struct findings *f, const struct interval_report *r);

#endif
