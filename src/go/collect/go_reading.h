/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines of one target, grouped as they are read: memory goes with the groups, not with the goroutines.
 */
#ifndef TS_GO_COLLECT_GO_READING_H
#define TS_GO_COLLECT_GO_READING_H

#include "facts/goroutines.h"
#include "facts/sample.h"
#include "collect/targets/targets.h"

#define GO_GROUPS_MAX 65536    /* what is in further ones is put into one without a stack */
#define GO_LIST_MAX   2000000u /* rows of the full list; what is beyond counts as lost */

struct go_clock;

/*
 * Reads them, into the arena of s. The threads of s must be there: they are
 * told which goroutine is on them. clock: what was
 * seen before; NULL: nothing. NULL is returned if it is not a Go program.
 */
struct go_reading *gather__go_report(struct sample *s, struct targets *t, pid_t pid,
				     enum goroutine_detail detail, struct go_clock *clock);

#endif
