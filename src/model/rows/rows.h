/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the two reports: rows made from facts. Pure. */
#ifndef TS_MODEL_ROWS_ROWS_H
#define TS_MODEL_ROWS_ROWS_H

#include "report/report.h"
#include "facts/sample.h"

/* Lock: index into the report's locks of the word that the thread waits on, or NO_INDEX. */
void row__thread(struct thread_row *row, const struct sample_thread *t, size_t lock);
/* Losses as rows, in a. before: NULL, or what had been lost already. */
const struct loss_row *row__losses(struct arena *a, const struct sample *s, const struct sample *before,
				   size_t *ret_count);
/* "accept_loop < main": innermost first, without the C library's own frames on top; in a. */
const char *row__creator_text(struct arena *a, const struct call_stack *stack);

/* Longest first; those with nothing to do (poll, sleep ...) after the others; running ones last. */
int row__by_wait(const void *a, const void *b);
/* Files with their details: the slowest call of the interval first, idle files last, and behind them
 * connections without a slow call. */
int row__by_worst_call(const void *a, const void *b);

/* Findings, collected. */
struct findings {
	struct arena *arena;
	struct finding *list;
	size_t count, room;
};
void findings__add(struct findings *f, const struct finding *one);
/* Writes and syncs that hang or take much of the interval, with who waits behind them; told, by thread, is
 * set for those that hang. */
void findings__stalls(struct findings *f, const struct interval_report *r, bool *told);
/* The longest blocked threads of each process, of those that do not just wait for work and are not told of.
 */
void findings__long_waits(struct findings *f, const struct interval_report *r, const bool *told);
/* Threads that wait for each other in a circle. */
void findings__deadlocks(struct findings *f, const struct snapshot_report *r);
/* Writes and syncs under way, with who waits behind them; told, by thread, is set for all of them. */
void findings__hanging_calls(struct findings *f, const struct snapshot_report *r, bool *told);
/* Threads queued at a lock, and threads stuck elsewhere. By thread, who is told of already: in_deadlock,
 * which makes no convoy either; in_call. */
void findings__stuck(struct findings *f, const struct snapshot_report *r, const bool *in_deadlock,
		     const bool *in_call);
/* Most severe first, then of most threads. */
void findings__sort(struct findings *f);

#endif
