/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pprof labels of a group's goroutines, counted: each label, and each set of labels. */
#ifndef TS_GO_COLLECT_GO_LABELS_H
#define TS_GO_COLLECT_GO_LABELS_H

#include "go/runtime/goroutines.h"
#include "facts/goroutines.h"
#include "util/arena.h"

#define LABEL_SETS_MAX 65536 /* of all groups; goroutines with further ones count without theirs */

/* Counts each label in the group's row. Texts go into a. */
void go_labels__count(struct arena *a, struct go_group *row, const struct goroutine *go);

/* Sets of one group. */
struct go_label_sets;

/* Counts its labels as a whole; *sets is made when there is none. *left: how many new sets are still allowed.
 */
void go_labels__count_set(struct arena *a, struct go_label_sets **sets, size_t *left,
			  const struct goroutine *go);
/* Into row->sets, in the order of their first goroutine; the memory is a's. NULL: there are none. */
void go_labels__finish(struct arena *a, const struct go_label_sets *sets, struct go_group *row);
void go_labels__free(struct go_label_sets *sets); /* NULL is fine */

#endif
