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

struct file_slow {
	struct slow_calls writes, fsyncs, total_writes, total_fsyncs; /* in the interval; since attach */
	const struct slow_call *slowest, *slowest_ever;               /* NULL: none */
};

/* What only the view on logs shows of a file. */
struct file_detail {
	struct histogram_row writes, fsyncs; /* of the interval, as the row's percentiles */
	/* since attach, or since the file's row was made anew after a minute of rest (50,000 files) */
	struct latency_row total_writes, total_fsyncs;
	struct histogram_row total_write_times, total_fsync_times;
	uint64_t total_bytes, total_errors, total_short_writes, total_fsync_errors;
};

struct file_row {
	pid_t pid;
	int fd;    /* the one last used; -1 if not known */
	bool rest; /* of all files that found no room, of whatever kind: how they are open is not known */
	bool deleted;
	bool open;       /* the descriptor last used still leads to it */
	bool append;     /* every writer has it open with O_APPEND */
	bool torn_known; /* lines in it can be torn: not in a socket */
	bool of_lines;   /* most writes since attach end a line: torn_lines and overwrites are damage */
	bool sync_known; /* a regular file: unsynced_* mean something */
	pid_t fsync_tid; /* the one thread that synced it since attach; 0: none, or several */
	uint64_t inode;  /* with device and generation: the same in rows of several processes; 0: no file of
			    its own */
	uint32_t device, generation;
	const char *path; /* "" if not known */
	enum ts_file_kind kind;
	struct latency_row
		writes; /* begun in the interval; percentiles over those that ended or are in flight */
	uint64_t bytes, errors, short_writes;
	struct latency_row fsyncs;
	uint64_t fsync_errors;
	uint64_t uring_writes, uring_fsyncs;             /* of those begun in the interval: by io_uring */
	uint64_t total_uring_writes, total_uring_fsyncs; /* since attach */
	size_t in_flight;
	uint64_t oldest_in_flight_ns;
	uint64_t writers;                                                /* distinct threads since attach */
	uint64_t errors_by[TS_IO_ERRORS], fsync_errors_by[TS_IO_ERRORS]; /* in the interval */
	uint64_t torn_lines; /* in the interval: writes after another thread's that had not ended its line */
	uint64_t overwrites; /* in the interval: writes onto what another writer has written; 0 with append */
	uint64_t unsynced_bytes; /* written since attach, not yet covered by a successful sync */
	uint64_t unsynced_writes;
	const char *fs;                   /* type of its file system, "ext4"; NULL: none, or not known */
	const char *peer;                 /* who is at the other end of a pipe or socket; NULL if not known */
	const char *host_path;            /* its path on this host, where that is another; else NULL */
	const char *sync_flag;            /* "O_SYNC", "O_DSYNC": each write waits for the disk; else NULL */
	uint64_t fsync_ns;                /* time in syncs that ended in the interval */
	uint64_t single_fsyncs;           /* of them: after exactly one write */
	const struct file_detail *detail; /* NULL: not asked for */
	const struct file_slow *slow;     /* NULL: no call was slow since attach */
};

/* A write or sync that has not returned yet. Of a report, the oldest ones. */
#define REPORT_CALLS 256
struct call_row {
	const struct thread_row *thread; /* who is in it: its wait, its stacks */
	bool request; /* by io_uring: then thread is who submitted it, its name and TID alone, and goes on */
	bool sync;
	const char *syscall; /* NULL: not known */
	uint64_t age_ns;     /* since the call began */
	uint64_t bytes;      /* asked for; 0: not known, or a sync */
	int fd;              /* -1 if not known */
	const char *path;    /* "" if not known */
	enum ts_file_kind file_kind;
	const char *peer; /* as file_row's */
	bool deleted;
	enum stall_part stall; /* what it does now */
};

/* A file that a process has mapped shared and writable: what it stores there is not counted. */
struct mapped_row {
	pid_t pid;
	const char *path;
	uint64_t bytes; /* mapped */
};

#endif
