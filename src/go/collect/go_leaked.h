/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The leaked goroutines of a program, counted in its groups. */
#ifndef TS_GO_COLLECT_GO_LEAKED_H
#define TS_GO_COLLECT_GO_LEAKED_H

#include "go/runtime/goroutines.h"
#include "facts/goroutines.h"
#include "util/arena.h"

struct go_leaked;

struct go_leaked *go_leaked__new(void);
void go_leaked__free(struct go_leaked *l); /* NULL is fine */
/* group: the result of go_groups__find. */
void go_leaked__add(struct go_leaked *l, const struct goroutine *go, size_t group);
/* Searches them, and counts those that have not run since they were added. places: of go_groups__finish. */
void go_leaked__find(struct go_leaked *l, struct goroutines *r, struct arena *a, struct go_reading *report,
		     const size_t *places);

#endif
