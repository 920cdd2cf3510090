/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines of one target, grouped as they are read: memory grows with the groups, not with the goroutines.
 */
#ifndef TS_GO_COLLECT_GO_READING_H
#define TS_GO_COLLECT_GO_READING_H

#include "facts/goroutines.h"
#include "facts/sample.h"
#include "collect/targets/targets.h"

#define GO_GROUPS_MAX 65536    /* further goroutines go into a group without a stack */
#define GO_LIST_MAX   2000000u /* rows of the full list; further ones count as lost */

struct go_clock;
struct probes;

/* Looks at the threads of s once more: same[i] if thread i has not run since s was made. */
struct go_threads_now {
	void (*look)(void *arg, const struct sample *s, bool *same);
	void *arg;
};

/*
 * Reads them into the arena of s. s must have its threads, which get the ID of their goroutine: only those
 * that do not run from the time s was made until all goroutines are read, because a thread and a goroutine
 * that were read at different instants may not belong together. clock: the earlier observations; NULL: none.
 * leaks: search those that nothing can wake, too, which takes seconds in a large heap. Returns NULL if it is
 * not a Go program.
 */
struct go_reading *gather__go_report(struct sample *s, struct probes *probes, struct targets *t, pid_t pid,
				     enum goroutine_detail detail, bool leaks, struct go_clock *clock,
				     const struct go_threads_now *now);

#endif
