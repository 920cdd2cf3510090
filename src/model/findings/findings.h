/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings, collected: what is the matter, in the rows of one report. Pure. Each kind's own file says when.
 */
#ifndef TS_MODEL_FINDINGS_FINDINGS_H
#define TS_MODEL_FINDINGS_FINDINGS_H

#include "report/report.h"
#include "util/arena.h"

struct naming;

struct findings {
	struct arena *arena; /* of their texts, too */
	struct finding *list;
	size_t count, room;
	size_t clusters; /* causes that something follows from */
};

/* With SEVERITY_USUAL it gets the one that the table has for its kind. */
void findings__add(struct findings *f, const struct finding *one);
/* Notes that one at follower is a consequence of that at cause, which is then at least as severe. */
void findings__follow(struct findings *f, size_t cause, size_t follower);
/* By severity, then by number of threads; behind each cause what follows from it. */
void findings__sort(struct findings *f);

#define HOLDER_NOT_KNOWN ", holder unknown"
/* "8 threads wait, up to 2.3 s (or "the longest for at least 2.3 s"), for log_mutex (mutex at
 * 0x5617db89a100), held by log-writer (812), which has
 * ..."
 */
const char *findings__queue_text(struct arena *a, const struct naming *n, const struct lock_row *l,
				 size_t count, const struct wait *longest);

#endif
