/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sentences of log-stall say of a call. In the arena. */
#ifndef TS_MODEL_FINDINGS_CALL_TEXT_H
#define TS_MODEL_FINDINGS_CALL_TEXT_H

#include "report/report.h"
#include "util/arena.h"

/* ", called from flush (log.c:12) < main"; "" if the stack is not known. */
const char *call_text__from(struct arena *a, const struct call_stack *stack);
/* With the receiver, if known: a full pipe or socket waits for its receiver. */
const char *call_text__file(struct arena *a, const char *path, enum ts_file_kind kind, int fd,
			    const char *peer);

#endif
