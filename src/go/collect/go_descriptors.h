/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The descriptors that goroutines wait on in the network poller, and their peers. */
#ifndef TS_GO_COLLECT_GO_DESCRIPTORS_H
#define TS_GO_COLLECT_GO_DESCRIPTORS_H

#include "go/runtime/goroutines.h"
#include "facts/goroutines.h"
#include "target/process.h"
#include "util/arena.h"

#define GO_DESCRIPTORS_MAX 32768 /* resolved descriptors; further ones stay without a name */

struct probes;

/* Zeroed but for its probes, it is empty. */
struct go_descriptors {
	struct probes *probes; /* to find sockets */
	struct go_descriptor *list;
	size_t count, room;
	uint8_t *taken; /* of each group, how many */
	size_t taken_room;
};

/* Records what the goroutine waits on; w is its wait, group the result of go_groups__add. row: its index in
 * the full list; NO_INDEX: no list, and only the first GROUP_TARGETS of a group are resolved. */
void go_descriptors__add(struct go_descriptors *d, const struct goroutine *go, const struct go_wait *w,
			 size_t group, size_t row);
/*
 * Names them in the groups and the list of a finished report; places is the result of go_groups__finish. Only
 * for goroutines that have not run since they were read: the number may refer to another descriptor by now.
 */
void go_descriptors__name(struct go_descriptors *d, struct goroutines *r, const struct process *p,
			  struct arena *a, struct go_reading *report, const size_t *places);
/* The same for a single one. */
void go_descriptor__name(struct go_wait *w, const struct goroutine *go, struct goroutines *r,
			 struct probes *probes, const struct process *p, struct arena *a);
void go_descriptors__free(struct go_descriptors *d);

#endif
