/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One or several snapshots of a process and their output: each in full, or a summary of each and the last in
 * full. Folded stacks and files cover all of them.
 */
#ifndef TS_CLI_SERIES_H
#define TS_CLI_SERIES_H

#include "cli/exports.h"
#include "model/interval/model.h"
#include "model/snapshot/snapshot_report.h"
#include "facts/saved_head.h"
#include "views/export/fold.h"
#include "views/view.h"

/* Where the output goes; shared by all processes. */
struct snapshot_outlet {
	const struct options *o;
	const struct view *view;
	const struct view_options *out;
	struct exports exports;
	size_t printed; /* reports */
	bool found;     /* a finding of --fail-on */
};

struct series {
	pid_t pid;
	struct motion *motion;
	struct go_growth *growth;
	struct queue_memory *queues;
	struct sample *sample; /* the last one */
	struct arena arena;    /* of the report */
	struct snapshot_report *report;
	struct fold fold; /* --folded */
};

/* Adds the next snapshot and takes ownership of it. Reports its errors and returns an exit status. */
int series__add(struct series *s, struct snapshot_outlet *to, struct sample *sample,
		const struct saved_snapshot *h);
/* No further snapshot follows. */
void series__end(struct series *s, struct snapshot_outlet *to);
void series__free(struct series *s); /* accepts a zeroed series */

/* Those of a run, one per process. */
struct many_series {
	struct series list[MAX_TARGETS];
	size_t count;
};

/* Adds the next snapshot of its process and takes ownership of it, as series__add; the last one ends its
 * series. -EINVAL: it is not of one process, or of more processes than threadscope accepts. */
int many_series__add(struct many_series *m, struct snapshot_outlet *to, struct sample *sample,
		     const struct saved_snapshot *h, int *ret_status);
/* No further snapshot of this process follows; one that has none is fine. */
void many_series__end_of(struct many_series *m, struct snapshot_outlet *to, pid_t pid);
/* Of none. */
void many_series__end(struct many_series *m, struct snapshot_outlet *to);
void many_series__free(struct many_series *m); /* accepts a zeroed one */

#endif
