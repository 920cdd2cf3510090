/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the descriptors are that goroutines wait on in the network poller, and who is at their other end. */
#ifndef TS_GO_COLLECT_GO_DESCRIPTORS_H
#define TS_GO_COLLECT_GO_DESCRIPTORS_H

#include "go/runtime/goroutines.h"
#include "facts/goroutines.h"
#include "target/process.h"
#include "util/arena.h"

#define GO_DESCRIPTORS_MAX 32768 /* that are looked at; further ones stay without a name */

/* Zeroed, it is empty. */
struct go_descriptors {
	struct go_descriptor *list;
	size_t count, room;
	uint8_t *taken; /* of each group, how many */
	size_t taken_room;
};

/* Notes what the goroutine waits on; w is its wait, group what go_groups__add said. row: its index in the
 * full list, NO_INDEX: there is none, and of a group only the first GROUP_TARGETS are looked at. */
void go_descriptors__add(struct go_descriptors *d, const struct goroutine *go, const struct go_wait *w,
			 size_t group, size_t row);
/*
 * Names them in the groups and the list of a finished report; places is what
 * go_groups__finish returned. Only of goroutines that have not run since they
 * were read: another's descriptor may have the number by now.
 */
void go_descriptors__name(struct go_descriptors *d, struct goroutines *r, const struct process *p,
			  struct arena *a, struct go_reading *report, const size_t *places);
/* The same of a single one. */
void go_descriptor__name(struct go_wait *w, const struct goroutine *go, struct goroutines *r,
			 const struct process *p, struct arena *a);
void go_descriptors__free(struct go_descriptors *d);

#endif
