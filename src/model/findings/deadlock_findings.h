/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding deadlock. */
#ifndef TS_MODEL_FINDINGS_DEADLOCK_FINDINGS_H
#define TS_MODEL_FINDINGS_DEADLOCK_FINDINGS_H

#include "model/findings/findings.h"
#include "model/rows/deadlocks.h"

/* Threads that wait for each other in a circle, as found in those of n. */
void findings__deadlocks(struct findings *f, const struct naming *n, const struct deadlocks *found);

#endif
