/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding log-stall: writes and syncs in flight. */
#ifndef TS_MODEL_FINDINGS_HANGING_CALLS_H
#define TS_MODEL_FINDINGS_HANGING_CALLS_H

#include "model/findings/findings.h"
#include "words/describe.h"

/* Those that have lasted for long, with their waiters. Sets reported, by thread, for all of them. */
void findings__hanging_calls_of_interval(struct findings *f, const struct interval_report *r, bool *reported);
void findings__hanging_calls(struct findings *f, const struct naming *n, bool *reported);

#endif
