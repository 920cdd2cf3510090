/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the two reports: rows made from facts. Pure. */
#ifndef TS_MODEL_ROWS_ROWS_H
#define TS_MODEL_ROWS_ROWS_H

#include "report/report.h"
#include "facts/sample.h"
#include "model/rows/crowd.h"

/* Lock: index into the report's locks of the word that the thread waits on, or NO_INDEX. crowd: of the
 * thread's sample. go: it is one of a Go program. */
void row__thread(struct thread_row *row, const struct sample_thread *t, size_t lock,
		 const struct crowd *crowd, bool go);
/* The links of the sample as rows, in a, for row__chain. */
const struct link_row *row__links(struct arena *a, const struct sample *s);
/* The processes that the thread waits for. links: of its sample. */
void row__chain(struct thread_row *row, const struct sample *s, const struct sample_thread *t,
		const struct link_row *links);
/* The process that has written most to a device that holds calls up, in a; NULL: not known. dev: as in the
 * key of a file. */
const struct device_writer_row *row__device_writer(struct arena *a, const struct sample *s, uint32_t dev);
/* The same, if that is what the thread waits for. */
void row__writer(struct thread_row *row, struct arena *a, const struct sample *s,
		 const struct sample_thread *t);
/* p: of a process; before: what was known of it before it ended; NULL: nothing. */
struct origin row__origin(struct arena *a, const struct sample_process *p,
			  const struct sample_process *before);
/* Why it does not run, with the counts of its cgroup so far. */
struct halt row__halt(const struct sample_thread *t);
/* From then on, if they are of the same cgroup. before: the account of its main thread; may be NULL. */
void row__count_from(struct halt *h, const struct ts_account *before);
/* Of one word of the lock; what another word has shown stays. */
void row__likely_holder(struct lock_row *row, const struct sample_lock *l);
/* Losses as rows, in a. before: NULL, or the losses so far. */
const struct loss_row *row__losses(struct arena *a, const struct sample *s, const struct sample *before,
				   size_t *ret_count);
/* "accept_loop < main": innermost first, without the C library's frames on top; in a. */
const char *row__creator_text(struct arena *a, const struct call_stack *stack);

#endif
