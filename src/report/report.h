/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows that views show: plain data, made and owned by the model, read-only for views. Text comes from
 * outside (names, paths, symbols): a view escapes it before printing. Rows are sorted, the most important
 * first, with a tie-break, so output is stable.
 */
#ifndef TS_REPORT_REPORT_H
#define TS_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "facts/links.h"
#include "facts/panic.h"
#include "facts/timed_calls.h"
#include "report/finding.h"
#include "report/report_files.h"

struct link_row {
#include "report/rows/members.h"
#include "report/rows/link.def"
};

struct wait {
#include "report/rows/members.h"
#include "report/rows/wait.def"
};

struct halt {
#include "report/rows/members.h"
#include "report/rows/halt.def"
};

struct spin {
#include "report/rows/members.h"
#include "report/rows/spin.def"
};

struct thread_row {
#include "report/rows/members.h"
#include "report/rows/thread.def"
};

struct lock_row {
#include "report/rows/members.h"
#include "report/rows/lock.def"
};

struct creator_row {
#include "report/rows/members.h"
#include "report/rows/creator.def"
};

struct go_process; /* model/go/go_growth.h */

struct stop_row {
#include "report/rows/members.h"
#include "report/rows/stop.def"
};

/* What a process is. */
struct origin {
	const char
		*command;   /* its command line, or the title that it has set in its place; NULL: not known */
	bool titled;        /* it is a title */
	const char *unit;   /* its container or systemd unit; NULL: neither, or not known */
	uint64_t uptime_ns; /* since it was started; 0: not known */
};

struct process_row {
#include "report/rows/members.h"
#include "report/rows/process.def"
};

struct loss_row {
	const char *name;    /* "events", "stacks", ... : the JSON key */
	const char *meaning; /* one clause for the text view */
	uint64_t count;
};

struct cost_row {
#include "report/rows/members.h"
#include "report/rows/cost.def"
};

struct timed_row {
#include "report/rows/members.h"
#include "report/rows/timed_call.def"
};

struct interval_report {
#include "report/rows/members.h"
#include "report/rows/interval.def"
};

struct deadlock {
#include "report/rows/members.h"
#include "report/rows/deadlock.def"
};

/* Of threads with the same stack, those that wait on the same lock, descriptor or file. */
struct same_wait {
	const struct thread_row *one; /* the first of them */
	const pid_t *tids;
	size_t count;
};

struct stack_group {
#include "report/rows/members.h"
#include "report/rows/stack_group.def"
};

struct go_report; /* report/go_rows.h */

struct snapshot_report {
#include "report/rows/members.h"
#include "report/rows/snapshot.def"
};

enum event_type {
	EVENT_THREAD_CREATE,
	EVENT_THREAD_EXIT,
	EVENT_FUTEX_WAIT,
	EVENT_WRITE,
	EVENT_FSYNC,
	EVENT_PANIC,
	EVENT_PANIC_END,
	EVENT_FATAL,       /* an error of Go's runtime that ends the process */
	EVENT_PROCESS_END, /* and how */
	EVENT_STOPPED,     /* it was when threadscope attached: none of the others follows until it goes on */
};
#define EVENT_TYPES (EVENT_STOPPED + 1)

struct event_row {
#include "report/rows/members.h"
#include "report/rows/event.def"
};

struct check_row {
#include "report/rows/members.h"
#include "report/rows/check.def"
};

struct doctor_report {
#include "report/rows/members.h"
#include "report/rows/doctor.def"
};

#endif
