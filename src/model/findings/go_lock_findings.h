/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings deadlock and lock-convoy on the locks of a Go program. */
#ifndef TS_MODEL_FINDINGS_GO_LOCK_FINDINGS_H
#define TS_MODEL_FINDINGS_GO_LOCK_FINDINGS_H

#include "model/findings/findings.h"

struct go_lock_row;
struct go_reading;

/* rows: those of the reading of one process, joined with its threads. */
void findings__go_locks(struct findings *f, const struct go_reading *from, struct go_lock_row *rows,
			size_t count, pid_t pid);

#endif
