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

/*
 * Reads them into the arena of s. s must have its threads, which get the ID of their goroutine. clock: the
 * earlier observations; NULL: none. Returns NULL if it is not a Go program.
 */
struct go_reading *gather__go_report(struct sample *s, struct targets *t, pid_t pid,
				     enum goroutine_detail detail, struct go_clock *clock);

#endif
