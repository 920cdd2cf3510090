/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding log-queue-full. */
#ifndef TS_MODEL_FINDINGS_LOG_QUEUE_H
#define TS_MODEL_FINDINGS_LOG_QUEUE_H

#include "model/findings/findings.h"

struct go_reading;
struct go_queue_row;

/*
 * A finding for each full channel whose reader is in a write or sync (for 10
 * ms and more, where that is measured), or, whatever its reader does, that is
 * sent to by functions named as those of loggers are. Its row says so too.
 */
void findings__log_queues(struct findings *f, const struct go_reading *r, struct go_queue_row *queues,
			  pid_t pid);

/* Whether a word of the function's name is that of a logger: "log", "zap", "Logger", not "login". */
bool go_name__of_logger(const char *function);

#endif
