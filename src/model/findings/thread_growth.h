/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding thread-growth: threads pile up, by whom, how fast, and what they will run into. */
#ifndef TS_MODEL_FINDINGS_THREAD_GROWTH_H
#define TS_MODEL_FINDINGS_THREAD_GROWTH_H

#include "facts/sample.h"
#include "model/findings/findings.h"

struct history;
struct naming;

/* counts: how many threads the process had; creators: of all processes; go: its goroutines, NULL: it has
 * none. What Go's runtime creates threads for is what matters then, and that it starts a few is usual. Where
 * the new threads wait for a file server, this becomes a part of what was found of that (names: of the
 * threads). */
void findings__thread_growth(struct findings *f, const struct sample_process *p, const struct history *counts,
			     const struct creator_row *creators, size_t creator_count,
			     const struct go_process *go, const struct naming *names);

#endif
