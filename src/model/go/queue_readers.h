/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Full channels of a Go program: the readers joined with their threads, and the finding log-queue-full. */
#ifndef TS_MODEL_GO_QUEUE_READERS_H
#define TS_MODEL_GO_QUEUE_READERS_H

#include "report/go_rows.h"
#include "model/rows/rows.h"

struct naming;

/* Fills what the model knows of the readers; the report's list is copied into a. threads: by TID. */
void model__go_queues(struct arena *a, struct go_report *r, const struct naming *threads);

/*
 * A finding for each full channel whose reader is in a write or sync (for 10
 * ms and more, where that is measured), or, whatever its reader does, that is
 * sent to by functions named as those of loggers are.
 */
void findings__log_queues(struct findings *f, const struct go_report *r, pid_t pid);

/* Whether a word of the function's name is that of a logger: "log", "zap", "Logger", not "login". */
bool go_name__of_logger(const char *function);

#endif
