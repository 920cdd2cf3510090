/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding goroutine-leak: what goroutines wait for is referenced by nobody else. */
#ifndef TS_MODEL_FINDINGS_GO_LEAKED_H
#define TS_MODEL_FINDINGS_GO_LEAKED_H

#include "model/findings/findings.h"

struct go_reading;

void findings__go_leaked(struct findings *f, const struct go_reading *r, pid_t pid);

#endif
