/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings goroutine-leak and goroutine-growth. */
#ifndef TS_MODEL_FINDINGS_GOROUTINE_FINDINGS_H
#define TS_MODEL_FINDINGS_GOROUTINE_FINDINGS_H

#include "model/findings/findings.h"

struct go_process;

/* p: NULL is fine. */
void findings__goroutines(struct findings *f, const struct go_process *p, pid_t pid, const char *comm);

#endif
