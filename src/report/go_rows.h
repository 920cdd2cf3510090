/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines as rows: what was read of them, joined with their threads and with earlier readings. Plain data.
 */
#ifndef TS_REPORT_GO_ROWS_H
#define TS_REPORT_GO_ROWS_H

#include "facts/goroutines.h"
#include "report/report.h"

/* Equal goroutines. */
struct go_group_row {
	struct go_group g;
	/* Of a snapshot: the system call that all their threads are in; NULL: none, or different ones. */
	const char *syscall, *file;
	bool same_call;
	/* Of top: how their number went since the first reading. */
	double growth_per_s;
	uint64_t span_ns; /* the time that growth_per_s is over; 0: they were read once, it is not known */
	bool kept;        /* kept_* are known: there was a reading before */
	/* Since when none of them has ended or gone on, and how many have come since. */
	uint64_t kept_ns, kept_growth;
	bool leak; /* see is_leak in go_history.c */
};

struct go_creator_row {
	struct frame created_by; /* function NULL: not known */
	uint64_t count;
	double growth_per_s;
	uint64_t span_ns; /* as above */
};

/* Who receives from a channel, with what its thread does. */
struct go_reader_row {
	struct go_reader r;
	/* The call it is in, on a thread or in the network poller; NULL: in none. */
	const char *call, *file;
	bool writes; /* that is a write or sync */
};

struct go_queue_row {
	const struct go_queue *q;
	struct go_reader_row readers[QUEUE_READERS]; /* q->reader_count */
};

/* Threads that do the same: "198 goroutines in syscall write on /var/log/app.log". */
struct go_threads {
	uint64_t count;
	const char *syscall, *file; /* NULL: not in a system call */
	bool running;               /* a goroutine runs on them; else, without a call, they are idle */
	uint64_t longest_ns;
};

/* Of a snapshot. */
struct go_report {
	const struct go_reading *reading;
	const struct go_group_row *groups; /* as the reading's */
	size_t group_count;
	const struct go_queue_row *queues; /* as the reading's */
	size_t queue_count;
	const struct go_threads *threads; /* most first */
	size_t thread_groups;
};

/* Of one process, in the report of an interval. */
struct go_process {
	const char *version;                 /* "go1.24.4"; NULL: not known */
	const char *problem;                 /* why they are not known, one sentence; NULL: they are */
	uint64_t count;                      /* as runtime.NumGoroutine() */
	uint64_t system;                     /* the runtime's own beside these */
	bool changes_known;                  /* it had been counted before: what follows is known */
	bool exact;                          /* else created may be off by up to 16 a P */
	uint64_t created, ended;             /* in this interval, of all */
	uint64_t created_total, ended_total; /* since it was first counted */
	double growth_per_s;                 /* of count, since then */
	uint64_t watched_ns, first_count;
	bool grows; /* beyond doubt, and it still goes on */
	/* From when all of them were last read: */
	bool read;
	uint64_t read_age_ns, read_cpu_ns; /* how long ago, and what it took */
	const struct go_group_row *groups; /* leaks, then what grows, then most goroutines; not each */
	size_t group_count;
	const struct go_creator_row *creators; /* what grows most, then most goroutines; not each */
	size_t creator_count;
};

#endif
