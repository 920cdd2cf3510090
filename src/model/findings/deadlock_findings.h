/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding deadlock. */
#ifndef TS_MODEL_FINDINGS_DEADLOCK_FINDINGS_H
#define TS_MODEL_FINDINGS_DEADLOCK_FINDINGS_H

#include "model/findings/findings.h"

/* Threads that wait for each other in a circle, as the report has them. */
void findings__deadlocks(struct findings *f, const struct snapshot_report *r);

#endif
