/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A view prints reports. One ops struct each; views keep no state but the stream. */
#ifndef TS_VIEWS_VIEW_H
#define TS_VIEWS_VIEW_H

#include <stdio.h>

#include "model/interval/heatmap.h"
#include "report/report.h"

struct view_options {
	FILE *out;
	bool colour;              /* a terminal, and NO_COLOR is not set */
	bool terminal;            /* names too long for one are shortened */
	bool refresh;             /* a terminal: top clears the screen before each interval */
	bool utf8;                /* the locale's characters are UTF-8 */
	unsigned rows, columns;   /* of the terminal; 0: no limit */
	bool every_process;       /* top without targets: one line a process */
	bool all;                 /* snapshot: nothing folded */
	bool by_wait_time;        /* folded: time waited, not threads */
	bool goroutines_only;     /* snapshot: of a Go program no threads */
	bool kernel_stacks;       /* snapshot: these, too; all implies it */
	bool some_files;          /* only those that --log-file matches */
	size_t worker_count;      /* of the one target: children of its name, which are not watched */
	const char *const *names; /* the targets' globs, where they were given so */
	size_t name_count;
};

/* Each prints one document and flushes nothing; the caller checks ferror(out). NULL: the view has none. */
struct view {
	const char *name;
	bool for_people; /* in colours on a terminal, where top is drawn anew each time */
	void (*interval)(const struct view_options *o, const struct interval_report *r);
	/* of a model that was told to want logs */
	void (*logs)(const struct view_options *o, const struct interval_report *r);
	/* its last column is of r, whose calls in flight and losses are told, too */
	void (*heatmap)(const struct view_options *o, const struct heatmap *h,
			const struct interval_report *r);
	bool each; /* several snapshots are all printed whole; else the last one, and of others a summary */
	void (*snapshot_summary)(const struct view_options *o, const struct snapshot_report *r);
	void (*snapshot)(const struct view_options *o, const struct snapshot_report *r);
	void (*event)(const struct view_options *o, const struct event_row *r);
	void (*doctor)(const struct view_options *o, const struct doctor_report *r);
};

extern const struct view view_text;
extern const struct view view_json;
extern const struct view view_folded;

#endif
