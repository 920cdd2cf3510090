/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One or several snapshots of a process, and what is printed of each: all of
 * them, or the last one whole and of those before it a summary. The last one
 * fills the files, too.
 */
#ifndef TS_CLI_SERIES_H
#define TS_CLI_SERIES_H

#include "cli/exports.h"
#include "model/interval/model.h"
#include "model/snapshot/snapshot_report.h"
#include "facts/saved_head.h"
#include "views/view.h"

/* Where they go: common to all processes. */
struct snapshot_outlet {
	const struct options *o;
	const struct view *view;
	const struct view_options *out;
	struct exports exports;
	size_t printed; /* reports */
	bool found;     /* a finding that --fail-on asks for */
};

struct series {
	pid_t pid;
	struct motion *motion;
	struct go_growth *growth;
	struct sample *sample; /* the last one */
	struct arena arena;    /* of its report */
	struct snapshot_report *report;
};

/* The next snapshot, taken over. An exit status, complained about. */
int series__add(struct series *s, struct snapshot_outlet *to, struct sample *sample,
		const struct saved_snapshot *h);
/* There is no further one. */
void series__end(struct series *s, struct snapshot_outlet *to);
void series__free(struct series *s); /* zeroed is fine */

#endif
