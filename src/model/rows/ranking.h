/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a report matters most, and which of its rows belong together, for all views alike. Pure. */
#ifndef TS_MODEL_ROWS_RANKING_H
#define TS_MODEL_ROWS_RANKING_H

#include "report/report.h"
#include "util/arena.h"

/* A socket that is no log's: its peer has no name in the file system. */
bool ranking__is_connection(const struct file_row *f);
/* A call in flight that is older than normal (CALL_HANGS_MS). */
bool ranking__hangs(uint64_t age_ns);
/* A thread of Go's runtime without work: of no more interest than the runtime's other parts. */
bool ranking__parked(const struct thread_row *t);
/* What is judged of a lock by itself: for_work and held. go: it is one of a Go program. */
void ranking__lock(struct lock_row *l, bool go);

/* Fill the report's ranks and groups, in a, of its rows, which must be complete and in their order. rows: the
 * report's files. every: also files that had no call in the interval are in groups. */
void ranking__threads(struct arena *a, struct interval_report *r);
void ranking__locks(struct arena *a, struct interval_report *r);
void ranking__files(struct arena *a, struct interval_report *r, struct file_row *rows, bool every);
void ranking__snapshot_locks(struct arena *a, struct snapshot_report *r);

#endif
