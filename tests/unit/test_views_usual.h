/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports made by hand, for test_views.c: usual ones and empty ones. */
#ifndef TS_TEST_VIEWS_USUAL_H
#define TS_TEST_VIEWS_USUAL_H

#include "report/report.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define MS       1000000ULL
#define SEC      1000000000ULL
/* Of a test, p90 is p99 and p99.9 the largest. */
#define LATENCY(n, p50, p99, max)          \
	{                                  \
		n, p50, p99, p99, max, max \
	}
#define NOW 1795317018123456789ULL /* 2026-11-22T03:10:18 */
#define NOTHING                            \
	{                                  \
		.lock = NO_INDEX, .fd = -1 \
	}

#define LIBC "/lib/x86_64-linux-gnu/libc.so.6"

/* ---- the usual: workers wait for a log's mutex, whose owner is in fsync ---- */

static const struct frame worker_frames[] = {
	{0x7f5880f52482, "pthread_mutex_lock", 274, LIBC, NULL, NULL, 0, false, false, false, NULL},
	{0x55ea4c9a1204, "log_append", 20, "/usr/sbin/mysqld", "/src/log.c", NULL, 77, true, false, false,
	 NULL},
	{0x55ea4c9a1204, "worker", 84, "/usr/sbin/mysqld", "/src/worker.c", NULL, 120, false, false, false,
	 NULL},
	{0x7f5880f4f1c4, "start_thread", 772, LIBC, NULL, NULL, 0, false, false, false, NULL},
	{0x7f5880fcf85c, "clone3", 44, LIBC, NULL, NULL, 0, false, false, false, NULL},
};
static const struct frame writer_frames[] = {
	{0x7f5880fbe1d7, "fsync", 23, LIBC, NULL, NULL, 0, false, false, false, NULL},
	{0x55ea4c9a1300, NULL, 0x1300, "/usr/sbin/mysqld", NULL, NULL, 0, false, false, false, NULL},
	{0x7f5880f4f1c4, "start_thread", 772, LIBC, NULL, NULL, 0, false, false, false, NULL},
};
static const struct frame writer_kernel_frames[] = {
	{0xffffffff81300000, "jbd2_log_wait_commit", 211, NULL, NULL, NULL, 0, false, false, false, NULL},
	{0xffffffff81200000, "ext4_sync_file", 300, NULL, NULL, NULL, 0, false, false, false, NULL},
};
static const struct frame accept_frames[] = {
	{0x55ea4c9a2000, "accept_loop", 99, "/usr/sbin/mysqld", NULL, NULL, 0, false, false, false, NULL},
	{0x55ea4c9a3000, "main", 12, "/usr/sbin/mysqld", NULL, NULL, 0, false, false, false, NULL},
};
#define WORKER_STACK                                                \
	{                                                           \
		worker_frames, COUNT(worker_frames), STACK_COMPLETE \
	}
#define WRITER_STACK                                                 \
	{                                                            \
		writer_frames, COUNT(writer_frames), STACK_TRUNCATED \
	}
#define ACCEPT_STACK                                                \
	{                                                           \
		accept_frames, COUNT(accept_frames), STACK_COMPLETE \
	}

#define ON_LOG_MUTEX(ns)                                         \
	{                                                        \
		WAIT_MUTEX, "futex", ns, false, 0, -1, NULL, 812 \
	}
#define WORKER(id, ns)                                                                                       \
	{                                                                                                    \
		.pid = 4481, .tid = id, .ns_tid = id - 800, .name = "worker", .state = 'S', .blocked = true, \
		.wait = ON_LOG_MUTEX(ns), .age_ns = 90 * SEC, .cpu_ns = MS, .stack = WORKER_STACK            \
	}

static const struct thread_row usual_threads[] = {
	{.pid = 4481,
	 .tid = 811,
	 .ns_tid = 11,
	 .name = "acceptor",
	 .state = 'S',
	 .blocked = true,
	 .wait = {WAIT_POLL, "epoll_wait", 252 * SEC, true, NO_INDEX, 4, NULL, 0},
	 .age_ns = 252 * SEC,
	 .stack = ACCEPT_STACK},
	{.pid = 4481,
	 .tid = 812,
	 .ns_tid = 12,
	 .name = "log-writer",
	 .state = 'D',
	 .blocked = true,
	 .wait = {WAIT_FSYNC, "fsync", 2300 * MS, false, NO_INDEX, 7, "/var/log/app.log", 0},
	 .age_ns = 252 * SEC,
	 .stack = WRITER_STACK,
	 .kernel_stack = {writer_kernel_frames, COUNT(writer_kernel_frames), STACK_COMPLETE}},
	WORKER(813, 2299 * MS),
	WORKER(814, 2250 * MS),
	WORKER(815, 2200 * MS),
	WORKER(816, 2100 * MS),
	WORKER(817, 2000 * MS),
	WORKER(818, 1900 * MS),
	WORKER(819, 1800 * MS),
	WORKER(820, 1700 * MS),
	WORKER(821, 1600 * MS),
	WORKER(822, 1200 * MS),
	{.pid = 4481,
	 .tid = 830,
	 .ns_tid = 30,
	 .name = "busy",
	 .state = 'R',
	 .wait = NOTHING,
	 .age_ns = 9 * SEC,
	 .stack = {.frames = NULL, .count = 0, .end = STACK_RUNNING}},
};

static const pid_t worker_tids[] = {813, 814, 815, 816, 817, 818, 819, 820, 821, 822};
static const pid_t writer_tid[] = {812}, acceptor_tid[] = {811}, busy_tid[] = {830};

static const struct lock_row usual_locks[] = {
	{.pid = 4481,
	 .address = 0x55ea4cc1f0a0,
	 .symbol = "log_mutex",
	 .kind = LOCK_MUTEX,
	 .waits = LATENCY(1210, 40 * MS, 2100 * MS, 2299 * MS),
	 .wait_ns = 10 * SEC,
	 .owner_tid = 812,
	 .waiter_count = COUNT(worker_tids),
	 .waiters = worker_tids},
	{.pid = 4481,
	 .address = 0x7f5874000c10,
	 .kind = LOCK_FUTEX,
	 .waits = LATENCY(3, 100, 200, 300),
	 .wait_ns = 600},
	{.pid = 4481,
	 .address = 0x55ea4cc1f100,
	 .symbol = "idle",
	 .kind = LOCK_CONDVAR,
	 .waits = LATENCY(1, SEC, SEC, SEC),
	 .idle = true},
};

static const struct file_row usual_files[] = {
	{.pid = 4481,
	 .fd = 7,
	 .path = "/var/log/app.log",
	 .kind = TS_FILE_REGULAR,
	 .writes = LATENCY(900, 8000, 97 * MS, 2 * SEC),
	 .bytes = 120000,
	 .fsyncs = LATENCY(12, 9 * MS, 2300 * MS, 2300 * MS),
	 .in_flight = 1,
	 .oldest_in_flight_ns = 2300 * MS,
	 .writers = 3,
	 .append = true},
	{.pid = 4481,
	 .fd = 9,
	 .path = "/var/lib/mysql/undo",
	 .deleted = true,
	 .kind = TS_FILE_REGULAR,
	 .writes = LATENCY(5, 8000, 9000, 9100),
	 .bytes = 5000000,
	 .errors = 2,
	 .short_writes = 1,
	 .fsync_errors = 1,
	 .writers = 2},
	{.pid = 4481,
	 .fd = -1,
	 .path = "",
	 .kind = TS_FILE_SOCKET,
	 .writes = LATENCY(1, 700, 700, 700),
	 .bytes = 10,
	 .writers = 1,
	 .append = false},
	{.pid = 4481, .fd = 3, .path = "/not/written/now", .kind = TS_FILE_REGULAR, .writers = 1},
};

static const struct creator_row usual_creators[] = {
	{.pid = 4481,
	 .stack = {.frames = accept_frames, .count = 2, .end = STACK_COMPLETE},
	 .alive = 80,
	 .created = 90,
	 .exited = 10,
	 .growth_per_s = 0.65},
	{.pid = 4481, .alive = 1, .created = 4, .exited = 3, .growth_per_s = 0},
};

static const struct process_row usual_process[] = {
	{.pid = 4481,
	 .comm = "mysqld",
	 .origin = {"/usr/sbin/mysqld --defaults-file=/etc/my.cnf", false, "mariadb.service", 7200 * SEC},
	 .threads = 212,
	 .created = 3,
	 .exited = 1,
	 .created_total = 90,
	 .exited_total = 7,
	 .running = 2,
	 .blocked = 210,
	 .futex = LATENCY(1213, 40 * MS, 2100 * MS, 2299 * MS),
	 .lock_waits = LATENCY(12, 30 * MS, 1900 * MS, 2000 * MS),
	 .futex_wait_ns = 10 * SEC,
	 .writes = LATENCY(906, 8000, 97 * MS, 2 * SEC),
	 .write_bytes = 5120010,
	 .write_errors = 2,
	 .fsyncs = LATENCY(12, 9 * MS, 2300 * MS, 2300 * MS),
	 .cpu_ns = 1234 * MS},
};

static const struct finding usual_findings[] = {
	{FINDING_LOG_STALL, SEVERITY_CRITICAL,
	 "10 threads wait for log_mutex, held by log-writer (812), in fsync for 2.3 s", 4481, worker_tids,
	 COUNT(worker_tids), NULL, false, 0, 0, 0, 0, false, 0},
	{FINDING_THREAD_GROWTH, SEVERITY_WARNING, "threads grow by 39 a minute, created by accept_loop", 4481,
	 NULL, 0, NULL, false, 0, 0, 0, 0, false, 0},
	{FINDING_DELETED_LOG, SEVERITY_INFO, "one log file is deleted but still written", 4481, NULL, 0, NULL,
	 false, 0, 0, 0, 0, false, 0},
};

static const struct loss_row no_losses[] = {
	{"events", "the ring buffer was full", 0},
	{"stacks", "the user stack could not be read", 0},
	{"threads", "the thread exited meanwhile", 0},
};
static const struct loss_row some_losses[] = {
	{"events", "the ring buffer was full", 12},
	{"stacks", NULL, UINT64_MAX},
	{"threads", "the thread exited meanwhile", 0},
};

static const struct interval_report usual_interval = {
	.time_ns = NOW,
	.interval_ns = SEC,
	.watched_ns = 123 * SEC,
	.processes = usual_process,
	.process_count = 1,
	.threads = usual_threads,
	.thread_count = COUNT(usual_threads),
	.creators = usual_creators,
	.creator_count = COUNT(usual_creators),
	.locks = usual_locks,
	.lock_count = COUNT(usual_locks),
	.files = usual_files,
	.file_count = COUNT(usual_files),
	.findings = usual_findings,
	.finding_count = COUNT(usual_findings),
	.cost = {SEC, 9 * MS, 3 * MS, 12 << 20},
	.losses = no_losses,
	.loss_count = COUNT(no_losses),
};

static const struct stack_group usual_groups[] = {
	{.tids = worker_tids,
	 .count = COUNT(worker_tids),
	 .wait = "mutex",
	 .one = &usual_threads[2],
	 .longest_ns = 2299 * MS,
	 .shortest_ns = 1200 * MS},
	{.tids = acceptor_tid,
	 .count = 1,
	 .wait = "poll",
	 .one = &usual_threads[0],
	 .longest_ns = 252 * SEC,
	 .shortest_ns = 252 * SEC,
	 .idle = true},
	{.tids = writer_tid,
	 .count = 1,
	 .wait = "fsync",
	 .one = &usual_threads[1],
	 .longest_ns = 2300 * MS,
	 .shortest_ns = 2300 * MS},
	{.tids = busy_tid, .count = 1, .wait = "running", .one = &usual_threads[12]},
};

static char *const usual_cmdline[] = {"/usr/sbin/mysqld", "--defaults-file=/etc/my.cnf", "", NULL};

static const pid_t cycle_tids[] = {813, 814};
static const size_t cycle_locks[] = {0, 1};
static const struct deadlock usual_deadlocks[] = {{cycle_tids, cycle_locks, 2, 10, false}};

static const struct snapshot_report usual_snapshot = {
	.time_ns = NOW,
	.kernel = "6.18.44",
	.arch = "x86_64",
	.pid = 4481,
	.comm = "mysqld",
	.exe = "/usr/sbin/mysqld",
	.cmdline = usual_cmdline,
	.origin = {"/usr/sbin/mysqld --defaults-file=/etc/my.cnf", false, "mariadb.service", 7200 * SEC},
	.runtime_kind = "go",
	.runtime_version = "go1.24.4",
	.threads = usual_threads,
	.thread_count = COUNT(usual_threads),
	.locks = usual_locks,
	.lock_count = COUNT(usual_locks),
	.deadlocks = usual_deadlocks,
	.deadlock_count = 1,
	.groups = usual_groups,
	.group_count = COUNT(usual_groups),
	.findings = usual_findings,
	.finding_count = 1,
	.cost = {41 * MS, 30 * MS, UINT64_MAX, 12 << 20},
	.losses = no_losses,
	.loss_count = COUNT(no_losses),
};

/* ---- empty ---- */

static const struct interval_report empty_interval = {
	.time_ns = NOW,
	.interval_ns = SEC,
	.cost = {SEC, 0, 0, 1 << 20},
	.losses = no_losses,
	.loss_count = COUNT(no_losses),
};
static const struct snapshot_report empty_snapshot = {
	.time_ns = NOW,
	.kernel = "6.18.44",
	.arch = "x86_64",
	.pid = 1,
	.comm = "",
	.exe = "",
	.runtime_kind = "native",
	.losses = no_losses,
	.loss_count = COUNT(no_losses),
};

/* ---- every process ---- */

#define PROCESS(id, name, n)                                                                            \
	{                                                                                               \
		.pid = id, .comm = name, .threads = n, .running = 1, .blocked = n - 1, .cpu_ns = n * MS \
	}
static const struct process_row processes[] = {
	{.pid = 4481,
	 .comm = "mysqld",
	 .threads = 212,
	 .created = 3,
	 .exited = 1,
	 .running = 2,
	 .blocked = 210,
	 .futex = LATENCY(1213, 40 * MS, 2100 * MS, 2299 * MS),
	 .lock_waits = LATENCY(12, 30 * MS, 1900 * MS, 2000 * MS),
	 .writes = LATENCY(906, 8000, 97 * MS, 2 * SEC),
	 .write_bytes = 5120010,
	 .fsyncs = LATENCY(12, 9 * MS, 2300 * MS, 2300 * MS),
	 .cpu_ns = 1234 * MS,
	 .storage_known = true,
	 .read_bytes = 300 << 20,
	 .dirtied_bytes = 5120010,
	 .d_known = true,
	 .d_ns = 2300 * MS},
	{.pid = 77, .comm = "gone", .threads = 0, .exited = 4, .ended = true, .cpu_ns = MS},
	{.pid = 101,
	 .comm = "nginx",
	 .threads = 9,
	 .running = 1,
	 .blocked = 8,
	 .cpu_ns = 9 * MS,
	 .storage_known = true,
	 .d_known = true},
	PROCESS(102, "sshd", 1),
	PROCESS(1, "systemd", 1),
	PROCESS(103, "redis", 6),
	PROCESS(104, "java", 310),
};
static const struct interval_report many_processes = {
	.time_ns = NOW,
	.interval_ns = SEC,
	.watched_ns = 5 * SEC,
	.processes = processes,
	.process_count = COUNT(processes),
	.threads = usual_threads,
	.thread_count = 3,
	.locks = usual_locks,
	.lock_count = 1,
	.cost = {SEC, 20 * MS, UINT64_MAX, 14 << 20},
	.losses = some_losses,
	.loss_count = COUNT(some_losses),
};

#endif
