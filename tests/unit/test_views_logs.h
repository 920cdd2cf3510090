/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports on logs for test_views_logs.c: usual ones, and what a target could provoke. */
#ifndef TS_TEST_VIEWS_LOGS_H
#define TS_TEST_VIEWS_LOGS_H

#include "test_views_hostile.h"

/* ---- usual: one log whose sync hangs, one that is idle now, a pipe ---- */

static const struct histogram_bar write_bars[] = {{8192, 800}, {16384, 99}, {1879048192, 1}};
static const struct histogram_bar sync_bars[] = {{9437184, 11}, {2281701376, 1}};
static const struct file_detail app_detail = {
	.writes = {write_bars, COUNT(write_bars)},
	.fsyncs = {sync_bars, COUNT(sync_bars)},
	.total_writes = LATENCY(4500, 8000, 97 * MS, 2 * SEC),
	.total_fsyncs = LATENCY(60, 9 * MS, 2300 * MS, 4 * SEC),
	.total_write_times = {write_bars, COUNT(write_bars)},
	.total_fsync_times = {sync_bars, COUNT(sync_bars)},
	.total_bytes = 600000,
	.total_errors = 1,
	.total_fsync_errors = 2,
};
static const struct file_detail idle_detail = {
	.total_writes = LATENCY(10, 700, 800, 900),
	.total_bytes = 1200,
	.total_short_writes = 3,
};
static const struct slow_call slowest_sync = {
	.sync = true,
	.syscall = "fdatasync",
	.name = "log-writer",
	.tid = 812,
	.ns = 2 * SEC,
	.parts = {[STALL_JOURNAL] = 1900 * MS, [STALL_DISK] = 80 * MS, [STALL_CPU] = 20 * MS},
	.stack = {.frames = worker_frames, .count = COUNT(worker_frames), .end = STACK_COMPLETE},
};
static const struct slow_call slowest_write = {
	.syscall = "write", .name = "worker", .tid = 813, .ns = 50 * MS, .bytes = 4096, .result = 4096};
static const struct device_writer_row copier = {.disk = "sda",
						.pid = 811,
						.name = "dd",
						.bytes = 4ull << 30,
						.all_bytes = 5ull << 30,
						.over_ns = 12 * SEC};
static const struct file_slow app_slow = {
	.fsyncs = {3,
		   4 * SEC,
		   {[STALL_JOURNAL] = 3900 * MS,
		    [STALL_RUNNABLE] = 60 * MS,
		    [STALL_CPU] = 20 * MS,
		    [STALL_OTHER] = 20 * MS}},
	.total_writes = {1, 50 * MS, {[STALL_LOCK] = 50 * MS}},
	.total_fsyncs = {7, 9 * SEC, {[STALL_JOURNAL] = 9 * SEC}},
	.slowest = &slowest_sync,
	.slowest_ever = &slowest_sync,
	.writer = &copier,
};
static const struct file_slow old_slow = {.total_writes = {1, 50 * MS, {[STALL_UNKNOWN] = 50 * MS}},
					  .slowest_ever = &slowest_write};
#define CONNECTION(name, other)                                                                        \
	.path = (name), .peer = (other), .kind = TS_FILE_SOCKET, .writes = LATENCY(10, 700, 800, 900), \
	.bytes = 500, .writers = 1, .detail = &idle_detail
static const struct file_row log_files[] = {
	{.pid = 4481,
	 .fd = 7,
	 .path = "/var/log/app.log",
	 .kind = TS_FILE_REGULAR,
	 .writes = LATENCY(900, 8000, 97 * MS, 2 * SEC),
	 .bytes = 120000,
	 .errors = 1,
	 .fsyncs = LATENCY(12, 9 * MS, 2300 * MS, 2300 * MS),
	 .in_flight = 1,
	 .oldest_in_flight_ns = 2300 * MS,
	 .writers = 3,
	 .append = true,
	 .slow = &app_slow,
	 .detail = &app_detail},
	{.pid = 4481,
	 .fd = 2,
	 .path = "pipe:[4242]",
	 .peer = "cat (813)",
	 .kind = TS_FILE_PIPE,
	 .errors_by = {[TS_IO_EAGAIN] = 3},
	 .torn_known = true,
	 .of_lines = true,
	 .torn_lines = 2,
	 .writes = LATENCY(1, 700, 700, 700),
	 .bytes = 10,
	 .in_flight = 1,
	 .oldest_in_flight_ns = 20, /* on its way, not stuck */
	 .writers = 1,
	 .detail = &idle_detail},
	{.pid = 4481,
	 .fd = 9,
	 .path = "/var/log/old.log",
	 .deleted = true,
	 .kind = TS_FILE_REGULAR,
	 .fs = "ext4",
	 .host_path = "/var/lib/containers/1/log/old.log",
	 .sync_known = true,
	 .total_uring_writes = 4,
	 .total_uring_fsyncs = 1,
	 .unsynced_bytes = 600,
	 .unsynced_writes = 5,
	 .overwrites = 1,
	 .overwritten = true,
	 .holes = 1,
	 .of_lines = true,
	 .writers = 2,
	 .slow = &old_slow,
	 .detail = &idle_detail},
	{.pid = 4481, .fd = -1, .path = "", .kind = TS_FILE_SOCKET, .writers = 1, .detail = &idle_detail},
	{.pid = 4481, .fd = 20, CONNECTION("socket:[1]", "10.0.0.1:50000")},
	{.pid = 4481, .fd = 21, CONNECTION("socket:[2]", "10.0.0.1:50001")},
	{.pid = 4481, .fd = 22, CONNECTION("socket:[3]", "[::1]:50002")},
	{.pid = 4481, .fd = 23, CONNECTION("socket:[4]", "10.0.0.1:50003")},
	{.pid = 4481, .fd = 24, CONNECTION("socket:[5]", "/run/systemd/journal/dev-log")},
};
static const struct thread_row submitter = {.pid = 4481, .tid = 814, .name = "submitter"};
static const struct call_row log_calls[] = {
	{.thread = &usual_threads[1],
	 .sync = true,
	 .syscall = "fdatasync",
	 .age_ns = 2300 * MS,
	 .fd = 7,
	 .path = "/var/log/app.log",
	 .file_kind = TS_FILE_REGULAR,
	 .stall = STALL_JOURNAL},
	{.thread = &usual_threads[2],
	 .age_ns = 50 * MS,
	 .bytes = 4096,
	 .fd = 11,
	 .path = "",
	 .file_kind = TS_FILE_SOCKET,
	 .stall = STALL_SOCKET},
	{.thread = &submitter,
	 .request = true,
	 .syscall = URING_CALL,
	 .age_ns = 40 * MS,
	 .bytes = 100,
	 .fd = -1,
	 .path = "/var/log/old.log",
	 .file_kind = TS_FILE_REGULAR,
	 .stall = STALL_UNKNOWN},
	{.thread = &usual_threads[0],
	 .age_ns = 20,
	 .bytes = 10,
	 .fd = 2,
	 .path = "pipe:[4242]",
	 .file_kind = TS_FILE_PIPE,
	 .stall = STALL_UNKNOWN},
};
static const struct finding log_findings[] = {
	{.kind = FINDING_THREAD_GROWTH,
	 .severity = SEVERITY_CRITICAL,
	 .summary = "not about logs",
	 .pid = 4481},
	{.kind = FINDING_LOG_STALL, .severity = SEVERITY_WARNING, .summary = "a stall", .pid = 4481},
};
static const struct mapped_row mapped_files[] = {
	{4481, "/var/log/journal/system.journal", 8 << 20},
	{4481, "/srv/1", 4096},
	{4481, "/srv/2", 4096},
	{4481, "/srv/3", 4096},
	{4481, "/srv/4", 4096},
};
static const struct interval_report usual_logs = {
	.time_ns = NOW,
	.interval_ns = SEC,
	.watched_ns = 5 * SEC,
	.processes = processes,
	.process_count = 1,
	.threads = usual_threads,
	.thread_count = COUNT(usual_threads),
	.files = log_files,
	.file_count = COUNT(log_files),
	.calls = log_calls,
	.call_count = COUNT(log_calls),
	.mapped = mapped_files,
	.mapped_count = COUNT(mapped_files),
	.findings = log_findings,
	.finding_count = COUNT(log_findings),
	.cost = {SEC, 9 * MS, UINT64_MAX, 12000000},
	.losses = no_losses,
	.loss_count = COUNT(no_losses),
};
static const struct interval_report no_logs = {
	.uring_hidden = true,
	.time_ns = NOW,
	.interval_ns = SEC,
	.watched_ns = 5 * SEC,
	.cost = {SEC, 9 * MS, UINT64_MAX, 12000000},
	.losses = no_losses,
	.loss_count = COUNT(no_losses),
};

/* ---- one file of several processes ---- */

#define OF_INODE(process, number)                                                                          \
	.pid = (process), .inode = (number), .device = 8, .kind = TS_FILE_REGULAR, .detail = &idle_detail, \
	.writes = LATENCY(10, 700, 800, 900), .bytes = 500, .fsyncs = LATENCY(2, 7000, 8000, 9000),        \
	.writers = 1
static const struct file_row shared_files[] = {
	{.fd = 7, .path = "/wal/1", OF_INODE(4481, 1)},
	{.fd = 7, .path = "/wal/1", OF_INODE(101, 1)},
	{.fd = 8, .path = "/wal/2", OF_INODE(4481, 2)},
	{.fd = 7, .path = "/wal/1", OF_INODE(102, 1), .errors = 1},
	/* of the same name in another container */
	{.fd = 7, .path = "/wal/1", OF_INODE(103, 3)},
	/* without a call in the interval: of logs, not of the table */
	{.fd = 9,
	 .pid = 104,
	 .inode = 2,
	 .device = 8,
	 .path = "/wal/2",
	 .kind = TS_FILE_REGULAR,
	 .detail = &idle_detail},
};
static const struct interval_report shared_logs = {
	.time_ns = NOW,
	.interval_ns = SEC,
	.watched_ns = 5 * SEC,
	.processes = processes,
	.process_count = COUNT(processes),
	.files = shared_files,
	.file_count = COUNT(shared_files),
	.cost = {SEC, 9 * MS, UINT64_MAX, 12000000},
	.losses = no_losses,
	.loss_count = COUNT(no_losses),
};

/* ---- hostile ---- */

static const struct histogram_bar hostile_bars[] = {{0, UINT64_MAX}, {UINT64_MAX, 0}};
static const struct file_detail hostile_detail = {
	.writes = {hostile_bars, 2},
	.total_writes = LATENCY(UINT64_MAX, HUGE_TIME, HUGE_TIME, HUGE_TIME),
	.total_fsyncs = LATENCY(UINT64_MAX, HUGE_TIME, HUGE_TIME, HUGE_TIME),
	.total_fsync_times = {hostile_bars, 2},
	.total_bytes = UINT64_MAX,
	.total_errors = UINT64_MAX,
	.total_short_writes = UINT64_MAX,
	.total_fsync_errors = UINT64_MAX,
};
static const struct slow_call hostile_slowest = {.syscall = NASTY,
						 .name = NASTY,
						 .tid = INT32_MAX,
						 .ns = 0,
						 .bytes = UINT64_MAX,
						 .result = INT64_MIN,
						 .parts = {UINT64_MAX, UINT64_MAX},
						 .stack = HOSTILE_STACK};
static const struct file_slow hostile_slow = {.writes = {UINT64_MAX, 0, {UINT64_MAX}},
					      .total_writes = {UINT64_MAX, UINT64_MAX, {UINT64_MAX}},
					      .slowest_ever = &hostile_slowest};
static const struct file_row hostile_logs_files[] = {
	{.pid = INT32_MAX,
	 .fd = INT32_MAX,
	 .path = "/tmp/" NASTY,
	 .deleted = true,
	 .peer = NASTY NAME_1K,
	 .host_path = NASTY,
	 .fs = NASTY,
	 .torn_known = true,
	 .of_lines = true,
	 .torn_lines = HUGE_TIME,
	 .overwrites = HUGE_TIME,
	 .overwritten = true,
	 .holes = HUGE_TIME,
	 .errors_by = {HUGE_TIME, HUGE_TIME, HUGE_TIME, HUGE_TIME, HUGE_TIME, HUGE_TIME, HUGE_TIME},
	 .sync_known = true,
	 .unsynced_bytes = HUGE_TIME,
	 .unsynced_writes = HUGE_TIME,
	 .kind = TS_FILE_REGULAR,
	 .writes = LATENCY(UINT64_MAX, HUGE_TIME, HUGE_TIME, HUGE_TIME),
	 .bytes = UINT64_MAX,
	 .fsyncs = LATENCY(UINT64_MAX, HUGE_TIME, HUGE_TIME, HUGE_TIME),
	 .in_flight = SIZE_MAX,
	 .oldest_in_flight_ns = HUGE_TIME,
	 .writers = UINT64_MAX,
	 .slow = &hostile_slow,
	 .detail = &hostile_detail},
	{.pid = 1, .fd = -1, .path = "/" NAME_1K, .kind = TS_FILE_TTY, .detail = &hostile_detail},
};
static const struct call_row hostile_calls[] = {
	{.thread = &hostile_threads[0],
	 .syscall = NULL,
	 .age_ns = HUGE_TIME,
	 .bytes = UINT64_MAX,
	 .fd = -1,
	 .path = "/tmp/" NASTY,
	 .file_kind = TS_FILE_REGULAR,
	 .deleted = true,
	 .stall = (enum stall_part)77},
};
static const struct mapped_row hostile_mapped[] = {{INT32_MAX, "/" NASTY NAME_1K, UINT64_MAX}};
static const struct interval_report hostile_logs = {
	.time_ns = UINT64_MAX,
	.interval_ns = 0,
	.watched_ns = HUGE_TIME,
	.processes = hostile_processes,
	.process_count = COUNT(hostile_processes),
	.threads = hostile_threads,
	.thread_count = COUNT(hostile_threads),
	.files = hostile_logs_files,
	.file_count = COUNT(hostile_logs_files),
	.calls = hostile_calls,
	.call_count = COUNT(hostile_calls),
	.mapped = hostile_mapped,
	.mapped_count = COUNT(hostile_mapped),
	.losses = no_losses,
	.loss_count = COUNT(no_losses),
};

#endif
