/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings lock-convoy and stuck-thread. */
#ifndef TS_MODEL_FINDINGS_STUCK_THREADS_H
#define TS_MODEL_FINDINGS_STUCK_THREADS_H

#include "model/findings/findings.h"

/* Threads queued at a lock, and threads stuck elsewhere. By thread, who is told of already: in_deadlock,
 * which makes no convoy either; in_call. */
void findings__stuck(struct findings *f, const struct snapshot_report *r, const bool *in_deadlock,
		     const bool *in_call);

#endif
