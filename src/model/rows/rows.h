/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the two reports: rows made from facts. Pure. */
#ifndef TS_MODEL_ROWS_ROWS_H
#define TS_MODEL_ROWS_ROWS_H

#include "report/report.h"
#include "facts/sample.h"

/* Lock: index into the report's locks of the word that the thread waits on, or NO_INDEX. */
void row__thread(struct thread_row *row, const struct sample_thread *t, size_t lock);
/* Losses as rows, in a. before: NULL, or the losses so far. */
const struct loss_row *row__losses(struct arena *a, const struct sample *s, const struct sample *before,
				   size_t *ret_count);
/* "accept_loop < main": innermost first, without the C library's frames on top; in a. */
const char *row__creator_text(struct arena *a, const struct call_stack *stack);

/* Longest wait first, idle threads (poll, sleep ...) after the others, running threads last. */
int row__by_wait(const void *a, const void *b);
/* Files with their details: the slowest call of the interval first, then idle files, then connections without
 * a slow call. */
int row__by_worst_call(const void *a, const void *b);

#endif
