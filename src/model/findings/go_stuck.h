/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding goroutine-leak: goroutines that can never go on, whatever others do. */
#ifndef TS_MODEL_FINDINGS_GO_STUCK_H
#define TS_MODEL_FINDINGS_GO_STUCK_H

#include "model/findings/findings.h"

struct go_reading;

void findings__go_stuck(struct findings *f, const struct go_reading *r, pid_t pid);

#endif
