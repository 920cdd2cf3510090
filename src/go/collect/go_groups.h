/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups goroutines by stack, state and creator while they are read. */
#ifndef TS_GO_COLLECT_GO_GROUPS_H
#define TS_GO_COLLECT_GO_GROUPS_H

#include "go/runtime/goroutines.h"
#include "facts/goroutines.h"
#include "util/arena.h"

struct go_groups;

/* r is borrowed; names and groups go into a. label_sets: each group's, too. */
struct go_groups *go_groups__new(struct goroutines *r, struct arena *a, bool label_sets);
void go_groups__free(struct go_groups *g); /* NULL is fine */
/* The index of its group, and that group's id (struct go_group). Call once per goroutine. */
size_t go_groups__find(struct go_groups *g, const struct goroutine *go, uint64_t *ret_id);
/* Adds a goroutine whose group, what it waits on, and thread are in row; */
void go_groups__add(struct go_groups *g, const struct goroutine *go, const struct go_row *row);
/* and how long it waits, once that is known. */
void go_groups__add_wait(struct go_groups *g, const struct go_row *row);
/* Fills groups, states and totals, named and sorted. Call once. Returns, in the arena, the final position of
 * each index of go_groups__find. */
size_t *go_groups__finish(struct go_groups *g, struct go_reading *ret);

#endif
