/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of files and of the calls that write and sync them, with stacks and latencies; part of report.h, whose
 * rules hold. */
#ifndef TS_REPORT_REPORT_FILES_H
#define TS_REPORT_REPORT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "facts/slow_calls.h"

struct thread_row; /* report/report.h */

struct latency_row {
	uint64_t count;
	uint64_t p50_ns, p90_ns, p99_ns, p999_ns, max_ns; /* 0 if count is 0 */
};

/* Durations from from_ns up to the next bucket's beginning; only buckets that counted something. */
struct histogram_bar {
	uint64_t from_ns, count;
};
struct histogram_row {
	const struct histogram_bar *bars; /* shortest first */
	size_t count;
};

struct device_writer_row {
#include "report/rows/members.h"
#include "report/rows/device_writer.def"
};

struct file_slow {
#include "report/rows/members.h"
#include "report/rows/file_slow.def"
};

/* What only the view on logs shows of a file. */
struct file_detail {
#include "report/rows/members.h"
#include "report/rows/file_detail.def"
};

struct file_row {
#include "report/rows/members.h"
#include "report/rows/file.def"
};

/* Of several rows of files. */
struct file_sums {
	size_t count; /* of rows */
	uint64_t writes, bytes, syncs, errors, max_ns;
};
void file_sums__add(struct file_sums *sums, const struct file_sums *other);

/* Rows of one file, which several processes may write. */
struct file_group {
	size_t first; /* index of the row that stands for them: the first of them */
	struct file_sums sums;
};

/* A write or sync in flight. A report has the oldest ones. */
#define REPORT_CALLS 256
struct call_row {
#include "report/rows/members.h"
#include "report/rows/call.def"
};

/* A file that a process has mapped shared and writable: what it stores there is not counted. */
struct mapped_row {
#include "report/rows/members.h"
#include "report/rows/mapped.def"
};

#endif
