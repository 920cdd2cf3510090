/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that a snapshot writes in addition to its output: --pprof, --flamegraph. */
#ifndef TS_CLI_EXPORTS_H
#define TS_CLI_EXPORTS_H

#include "cli/options.h"
#include "report/report.h"

struct flamegraph;
struct profile;

struct exports {
	const struct options *o;
	int monitor;             /* that writes them; -1: this process does */
	struct profile *profile; /* NULL: not requested */
	struct flamegraph *flamegraph;
};

/* No two options may name one file. Reports it and returns an exit status. */
int exports__check_apart(const struct options *o);
/* Nothing is created yet, but it is seen whether it could be. Each reports its errors and returns an exit
 * status.
 */
int exports__open(struct exports *e, const struct options *o, int monitor);
/* Copies what it needs from the report; several processes share the files. last: of its process no further
 * one follows. */
void exports__add(struct exports *e, const struct snapshot_report *r, bool last);
int exports__write(struct exports *e);
void exports__close(struct exports *e); /* accepts zeroed exports */

#endif
