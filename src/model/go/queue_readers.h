/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Full channels of a Go program: the readers joined with their threads, and the finding log-queue-full. */
#ifndef TS_MODEL_GO_QUEUE_READERS_H
#define TS_MODEL_GO_QUEUE_READERS_H

#include "report/go_rows.h"
#include "model/rows/rows.h"

struct naming;

/* A row for each queue of from, which must live as long, with what its readers' threads do; in a. threads: by
 * TID. */
const struct go_queue_row *queue_readers__join(struct arena *a, const struct go_reading *from,
					       const struct naming *threads);

/*
 * A finding for each full channel whose reader is in a write or sync (for 10
 * ms and more, where that is measured), or, whatever its reader does, that is
 * sent to by functions named as those of loggers are.
 */
void findings__log_queues(struct findings *f, const struct go_reading *r, const struct go_queue_row *queues,
			  pid_t pid);

/* Whether a word of the function's name is that of a logger: "log", "zap", "Logger", not "login". */
bool go_name__of_logger(const char *function);

#endif
