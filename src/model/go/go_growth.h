/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines of observed programs over time: how many are created and end, and which groups only grow. Pure.
 */
#ifndef TS_MODEL_GO_GO_GROWTH_H
#define TS_MODEL_GO_GO_GROWTH_H

#include "report/go_rows.h"
#include "model/rows/rows.h"
#include "facts/sample.h"
#include "util/arena.h"

struct go_growth;

struct go_growth *go_growth__new(void);
void go_growth__free(struct go_growth *g); /* NULL is fine */
/* What was counted and read at now_ns (CLOCK_MONOTONIC). Returns the process's row, in a; it points into s,
 * too. */
const struct go_process *go_growth__add(struct go_growth *g, struct arena *a, const struct sample_go *s,
					uint64_t now_ns);
/* The process has ended. */
void go_growth__forget(struct go_growth *g, pid_t pid);

#endif
