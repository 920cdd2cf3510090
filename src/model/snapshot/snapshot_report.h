/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From one sample to the report of a snapshot. Pure. */
#ifndef TS_MODEL_SNAPSHOT_SNAPSHOT_REPORT_H
#define TS_MODEL_SNAPSHOT_SNAPSHOT_REPORT_H

#include "facts/sample.h"
#include "model/findings/queue_memory.h"
#include "model/go/go_growth.h"
#include "model/rows/selection.h"
#include "model/snapshot/thread_motion.h"
#include "report/report.h"

struct snapshot_options {
	const struct selection *which; /* the threads asked for; NULL: all */
	struct go_growth *growth;      /* their goroutines; NULL: as above */
	struct queue_memory *queues;   /* their full channels; NULL: as above */
	struct motion *motion;         /* the snapshots of this process before this one; NULL: it is alone */
	uint64_t number, of;           /* of several; 0: alone */
};

/* A report of one sample; lives as long as a, into which all is put. s must outlive it. o: NULL is as zeroed.
 */
struct snapshot_report *model__snapshot(struct arena *a, const struct sample *s,
					const struct snapshot_options *o);

#endif
