/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stacks of a process as a tree, outermost function first. Of the last snapshot; before the first, of
 * the stacks that a report has for its waits. Points into what it was made of.
 */
#ifndef TS_SCREEN_STACK_TREE_H
#define TS_SCREEN_STACK_TREE_H

#include "report/report.h"
#include "screen/thread_groups.h"

/* Threads with one stack. */
struct stack_item {
	const struct thread_row *one; /* NULL: they have ended */
	const pid_t *tids;
	size_t count;
	uint64_t longest_ns; /* of their waits, if they are not idle; 0: they do not wait */
	bool mixed;          /* they wait for different things */
	size_t next;         /* of the same node; NONE: the last */
};

struct stack_node {
	uint64_t id;
	const struct frame *frame; /* NULL: label says what it is */
	const char *label;
	bool lines_differ; /* of frame and others of that function here */
	size_t threads;
	uint64_t longest_ns;
	bool idle;
	size_t items, item_count; /* those whose innermost function this is: the first one */
	size_t parent;            /* NONE: none */
	size_t children;          /* number of them */
	size_t first, sibling;    /* the last one made, and the one made before this one; NONE: none */
	size_t below;             /* nodes below it: the next ones in order */
	unsigned level;           /* forks above it */
	bool head;                /* the first after a fork: it unfolds, down to the next fork */
	size_t place;             /* in order */
};

#define STACK_NONE_LEFT SIZE_MAX

struct stack_tree {
	struct stack_node *nodes;
	size_t count, room;
	size_t *order; /* indexes of nodes: each before those below it, most threads first, idle ones last */
	struct stack_item *items;
	size_t item_count, item_room;
	pid_t *tids;
	size_t threads, idle; /* in all */
	bool of_snapshot;
	const void *made_of; /* a report and its time: whether it has to be made anew */
	uint64_t made_ns;
};

/* Of a snapshot. All zero is an empty one. */
void stack_tree__of_snapshot(struct stack_tree *t, const struct snapshot_report *r);
/* Of the threads of a report. */
void stack_tree__of_interval(struct stack_tree *t, const struct interval_report *r,
			     const struct thread_groups *groups);
void stack_tree__free(struct stack_tree *t);
/* NULL: it is not there. */
const struct stack_node *stack_tree__find(const struct stack_tree *t, uint64_t id);

#endif
