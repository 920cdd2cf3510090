/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings lock-convoy and stuck-thread. */
#ifndef TS_MODEL_FINDINGS_STUCK_THREADS_H
#define TS_MODEL_FINDINGS_STUCK_THREADS_H

#include "model/findings/findings.h"

/* Lock convoys and stuck threads. in_deadlock and in_call, by thread: already reported; the former are not in
 * convoys either. */
void findings__stuck(struct findings *f, const struct snapshot_report *r, const bool *in_deadlock,
		     const bool *in_call);

#endif
