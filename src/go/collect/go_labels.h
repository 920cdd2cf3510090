/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pprof labels of a group's goroutines, counted: each label, and each set of labels. */
#ifndef TS_GO_COLLECT_GO_LABELS_H
#define TS_GO_COLLECT_GO_LABELS_H

#include "go/runtime/goroutines.h"
#include "facts/goroutines.h"
#include "util/arena.h"

#define LABEL_SETS_MAX 65536 /* for all groups; goroutines with further sets count without labels */

/* Counts each label in the group's row. Texts are allocated in a. */
void go_labels__count(struct arena *a, struct go_group *row, const struct goroutine *go);

/* Sets of one group. */
struct go_label_sets;

/* Counts its set of labels; creates *sets if missing. *left: how many new sets are still allowed.
 */
void go_labels__count_set(struct arena *a, struct go_label_sets **sets, size_t *left,
			  const struct goroutine *go);
/* Fills row->sets, in the order of their first goroutine, allocated in a. NULL: none. */
void go_labels__finish(struct arena *a, const struct go_label_sets *sets, struct go_group *row);
void go_labels__free(struct go_label_sets *sets); /* NULL is fine */

#endif
