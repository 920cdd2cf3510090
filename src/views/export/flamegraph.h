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

/* by_wait_time: how wide stacks are at first; the page can show either. */
struct flamegraph *flamegraph__new(bool by_wait_time);
void flamegraph__free(struct flamegraph *g); /* NULL is fine */

/* The threads asked for; each process is a root. */
void flamegraph__add(struct flamegraph *g, const struct snapshot_report *r);

/* Writes the page, and flushes. 0, or why it could not be written. */
int flamegraph__write(const struct flamegraph *g, FILE *out);

#endif
