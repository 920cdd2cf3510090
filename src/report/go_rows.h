/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines as rows: what was read of them, joined with their threads and with earlier readings. Plain data.
 */
#ifndef TS_REPORT_GO_ROWS_H
#define TS_REPORT_GO_ROWS_H

#include "facts/goroutines.h"
#include "report/report.h"

/* Equal goroutines. */
struct go_group_row {
#include "report/rows/members.h"
#include "report/rows/go_group_row.def"
};

struct go_creator_row {
#include "report/rows/members.h"
#include "report/rows/go_creator_row.def"
};

/* Who receives from a channel, with what its thread does. */
struct go_reader_row {
#include "report/rows/members.h"
#include "report/rows/go_reader.def"
};

struct go_queue_row {
#include "report/rows/members.h"
#include "report/rows/go_queue.def"
};

struct go_lock_row;

/* Who likely holds a lock. */
struct go_holder_row {
#include "report/rows/members.h"
#include "report/rows/go_holder.def"
};

/* A lock that goroutines wait for. */
struct go_lock_row {
#include "report/rows/members.h"
#include "report/rows/go_lock.def"
};

/* Threads that do the same: "198 goroutines in syscall write on /var/log/app.log". */
struct go_threads {
#include "report/rows/members.h"
#include "report/rows/go_threads.def"
};

/* Of a snapshot. */
struct go_report {
#include "report/rows/members.h"
#include "report/rows/go_report.def"
};

/* Of one process, in the report of an interval. */
struct go_process {
#include "report/rows/members.h"
#include "report/rows/go_process.def"
};

#endif
