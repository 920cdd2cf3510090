/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings on what happens to the lines of logs: dropped-writes, failed-sync, torn-lines, overwrites,
 * deleted-log, sync-per-write, unsynced-at-exit. */
#ifndef TS_MODEL_FINDINGS_LOG_DAMAGE_H
#define TS_MODEL_FINDINGS_LOG_DAMAGE_H

#include "model/findings/findings.h"

/* What the rows of files say. */
void findings__logs(struct findings *f, const struct interval_report *r);

#endif
