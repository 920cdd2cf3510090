/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A view prints reports: one ops struct per view, without state except for the stream. */
#ifndef TS_VIEWS_VIEW_H
#define TS_VIEWS_VIEW_H

#include <stdio.h>

#include "model/interval/heatmap.h"
#include "report/report.h"

struct view_options {
	FILE *out;
	bool colour;              /* a terminal, and NO_COLOR is not set */
	bool terminal;            /* a terminal: long names are shortened */
	bool refresh;             /* a terminal: the heat map is drawn anew in its place */
	bool utf8;                /* the locale's characters are UTF-8 */
	unsigned rows, columns;   /* of the terminal; 0: no limit */
	bool every_process;       /* top without targets: one line per process */
	bool all;                 /* snapshot: nothing folded */
	bool by_wait_time;        /* folded: time waited so far, not threads */
	bool by_off_cpu;          /* folded: time waited between several snapshots */
	bool idle;                /* folded: threads without work, too */
	bool goroutines_only;     /* snapshot: goroutines without threads */
	bool kernel_stacks;       /* snapshot: show kernel stacks; all implies it */
	bool some_files;          /* only those that --log-file matches */
	size_t worker_count;      /* children of the single target with its name, which are not observed */
	const char *const *names; /* the targets' globs, with -n */
	size_t name_count;
};

/* Each prints one document without flushing; the caller checks ferror(out). NULL: not supported by the view.
 */
struct view {
	const char *name;
	bool for_people; /* in colours on a terminal, where top is drawn anew each time */
	void (*interval)(const struct view_options *o, const struct interval_report *r);
	/* from a model with logs enabled */
	void (*logs)(const struct view_options *o, const struct interval_report *r);
	/* r is the report of the last column; its calls in flight and losses are printed, too */
	void (*heatmap)(const struct view_options *o, const struct heatmap *h,
			const struct interval_report *r);
	bool each; /* each of several snapshots is printed in full; otherwise only the last one, with
		      summaries of the others */
	void (*snapshot_summary)(const struct view_options *o, const struct snapshot_report *r);
	void (*snapshot)(const struct view_options *o, const struct snapshot_report *r);
	void (*event)(const struct view_options *o, const struct event_row *r);
	void (*doctor)(const struct view_options *o, const struct doctor_report *r);
};

extern const struct view view_text;
extern const struct view view_json;
extern const struct view view_folded;

#endif
