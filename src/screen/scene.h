/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What views draw from, and what a view is. */
#ifndef TS_SCREEN_SCENE_H
#define TS_SCREEN_SCENE_H

#include "feed/feed.h"
#include "screen/event_log.h"
#include "screen/found.h"
#include "screen/grid.h"
#include "screen/output_log.h"
#include "screen/page.h"
#include "screen/stack_tree.h"
#include "screen/thread_groups.h"
#include "screen/trend.h"

/* One moment, with what came before it. All of it may be looked at until the next feed__take. */
struct scene {
	const struct interval_report *r; /* NULL: nothing was read so far */
	const struct feed *feed;
	size_t moment;                          /* index of r in these: */
	bool past;                              /* moments that were made again, not those at hand */
	const struct snapshot_report *snapshot; /* the last one; NULL: none */
	uint64_t snapshot_ns;                   /* wall clock of it */
	const struct interval_report *mark;     /* since when differences are shown; NULL: none */
	const struct found_list *found;
	const struct trend *trend;
	const struct thread_groups *groups; /* of r */
	const struct stack_tree *tree; /* of stacks; NULL: its view is not open, or it is still awaited */
	struct event_log *events;      /* NULL: they cannot be had here: a saved run */
	struct output_log *output;     /* of the command that was started; NULL: it is not seen here */
	unsigned rows, columns;        /* of the screen, for a view */
	bool every_process;
	bool ascii;
};

enum view_id {
	VIEW_OVERVIEW,
	VIEW_PROCESSES,
	VIEW_THREADS,
	VIEW_LOCKS,
	VIEW_LOGS,
	VIEW_CREATORS,
	VIEW_STACKS,
	VIEW_GOROUTINES,
	VIEW_EVENTS,
	VIEW_OUTPUT,
	VIEWS
};

/* A row of a view: where Enter leads. */
struct place {
	enum view_id view;
	uint64_t id;        /* the row to select there; 0: none */
	bool detail;        /* opened */
	uint64_t detail_of; /* what its detail follows, of a row that stands for several; 0: the row */
	pid_t attach;       /* not 0: goes into this process instead */
};

struct screen_view {
	const char *title;
	/* Whether there is anything that it could show. NULL: always. */
	bool (*applies)(const struct scene *s);
	const struct column *(*columns)(const struct scene *s, size_t *ret_count);
	/* Adds its rows, between grid__begin and grid__end. */
	void (*rows)(const struct scene *s, struct grid *g);
	/* arg of both is the scene. */
	void (*cells)(const void *arg, const struct grid_row *row, struct table *t);
	double (*value)(const void *arg, const struct grid_row *row, size_t column);
	/* Draws above its rows; returns the rows of the screen that it took. NULL: nothing. */
	unsigned (*head)(const struct scene *s, struct canvas *c, unsigned row, unsigned rows);
	/* A few lines on the selected row, shown below where there is room. NULL: none. */
	void (*preview)(const struct scene *s, const struct grid_row *row, struct page *p);
	/* The details of what has this id. false: it is not there now. */
	bool (*detail)(const struct scene *s, uint64_t id, struct page *p);
	/* Where Enter leads instead of the detail. NULL: to the detail. */
	struct place (*enter)(const struct scene *s, const struct grid_row *row);
	/* What to say in place of rows. */
	const char *empty;
	bool wants_snapshot; /* while it is shown */
	bool without_report; /* it needs none: it is shown before the first one, too */
};

extern const struct screen_view view_overview, view_processes, view_threads, view_locks, view_logs,
	view_creators, view_stacks, view_goroutines, view_events, view_output;
extern const struct screen_view *const SCREEN_VIEWS[VIEWS];

bool view__applies(enum view_id view, const struct scene *s);
/* Its moments, oldest first: r with some before it. */
size_t scene__moment_count(const struct scene *s);
const struct feed_moment *scene__moment(const struct scene *s, size_t i);
/* The thread of the report; NULL: it is not in it. */
const struct thread_row *scene__thread(const struct scene *s, pid_t tid);
/* Of its snapshot, if that is of this process. */
const struct thread_row *scene__snapshot_thread(const struct scene *s, pid_t tid);
/* The process that is watched alone; NULL: several. */
const struct process_row *scene__process(const struct scene *s);

/* Identities of rows, for places that lead to them. */
uint64_t thread__identity(pid_t tid);
uint64_t process__identity(pid_t pid);
uint64_t lock__identity(const struct lock_row *l);
uint64_t file__identity(const struct file_row *f);
uint64_t creator__identity(const struct creator_row *c);

/* The sentence of a finding, escaped, and for how long it has been seen; the caller frees it. */
char *found__sentence(const struct scene *s, const struct found *f);

/* Parts of details. A stack, a frame a line; nothing if it was not read. */
void page__stack(struct page *p, const char *heading, const struct call_stack *stack, const char *none);
/* The findings that lead to this row of that view, whole, and what to do next. */
void page__findings(struct page *p, const struct scene *s, enum view_id view, uint64_t id);
/* What is known of the owner of a lock of that kind, to the end of the chain. */
void page__chain(struct page *p, const struct scene *s, enum lock_kind kind, pid_t owner);

#endif
