/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots as a flame graph: one self-contained HTML page (flamegraph.html) with the stacks as data. It is
 * also well-formed XML.
 */
#ifndef TS_VIEWS_EXPORT_FLAMEGRAPH_H
#define TS_VIEWS_EXPORT_FLAMEGRAPH_H

#include <stdio.h>

#include "report/report.h"

struct flamegraph;

/* How wide a stack is. The page's times are between the snapshots if there are several, otherwise so far. */
enum weight {
	WEIGHT_USUAL, /* threads in a single snapshot, time waited in several */
	WEIGHT_THREADS,
	WEIGHT_WAIT_TIME,
	WEIGHT_OFF_CPU, /* time waited between several snapshots */
};

/* weight: the one that is shown first; the page can show either. idle: also threads that are idle. */
struct flamegraph *flamegraph__new(enum weight weight, bool idle);
void flamegraph__free(struct flamegraph *g); /* NULL is fine */

/* Adds the selected threads of one of a process's snapshots; each process is a root. last: no further one
 * follows. The findings are those of the last. */
void flamegraph__add(struct flamegraph *g, const struct snapshot_report *r, bool last);

/* Writes the page, and flushes. 0, or why it could not be written. */
int flamegraph__write(const struct flamegraph *g, FILE *out);

#endif
