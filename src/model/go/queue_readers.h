/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Full channels of a Go program: what those are doing that should receive. */
#ifndef TS_MODEL_GO_QUEUE_READERS_H
#define TS_MODEL_GO_QUEUE_READERS_H

#include "report/go_rows.h"
#include "model/rows/rows.h"

struct naming;

/* A row for each queue of from, which must live as long, with what its readers' threads do; in a. threads: by
 * TID. */
struct go_queue_row *queue_readers__join(struct arena *a, const struct go_reading *from,
					 const struct naming *threads);

/* One goroutine with what its thread does. */
void go_reader__join(struct go_reader_row *one, const struct go_reader *from, const struct naming *threads);

/* The reader to name: who writes, and for longest. NULL: none is known. */
const struct go_reader_row *go_queue__slowest(const struct go_queue_row *q);

#endif
