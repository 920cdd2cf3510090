/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding log-queue-full. */
#ifndef TS_MODEL_FINDINGS_LOG_QUEUE_H
#define TS_MODEL_FINDINGS_LOG_QUEUE_H

#include "model/findings/findings.h"

struct go_reading;
struct go_queue_row;
struct go_lock_row;

struct queue_memory;

/*
 * A finding for each full channel whose receiver is in a write or sync (for at least 10 ms, if measured), or
 * to which functions with names of loggers send. Its row says so too. memory: of the readings before, which
 * gets this one; NULL: there is only this one. With them the findings on the reading's locks, and on
 * goroutines that can never go on: they hold as long, until goroutines are read again.
 */
void findings__log_queues(struct findings *f, const struct go_reading *r, struct go_queue_row *queues,
			  struct go_lock_row *locks, pid_t pid, struct queue_memory *memory, uint64_t now_ns);

/* Whether the function's name contains the word of a logger: "log", "zap", "Logger", not "login". */
bool go_name__of_logger(const char *function);

#endif
