/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports for test_views.c that a target could provoke: names that want to be
 * more than names, numbers that no machine has, references to nowhere. */
#ifndef TS_TEST_VIEWS_HOSTILE_H
#define TS_TEST_VIEWS_HOSTILE_H

#include "test_views_usual.h"

/* ---- hostile: what a target can choose, chosen badly ---- */

#define X16(s)    s s s s s s s s s s s s s s s s
#define NAME_1K   X16(X16("long")) /* 1024 bytes */
#define NASTY     "a\nCRITICAL: forged\r\033[2J\x9b\xff;b \xe2\x80\xae\xc2\x9b\x7f\\xff"
#define HUGE_TIME UINT64_MAX

static const struct frame hostile_frames[] = {
	{UINT64_MAX, NASTY, UINT64_MAX, "/tmp/" NASTY, NASTY, NULL, -5, false, false, false, NULL},
	{0, "", 7, "", "", NULL, 0, false, false, false, NULL},
	{1, NULL, 7, NULL, NULL, NULL, 0, true, false, false, NULL},
	{2, NAME_1K, 7, NAME_1K, NAME_1K, NULL, INT32_MAX, true, false, false, NULL},
	{3, NULL, 0xffff, "/", NULL, NULL, 0, false, false, false, NULL},
	{4, "operator new[](unsigned long); drop", 0, "[vdso]", NULL, NULL, 0, false, false, false, NULL},
};
#define HOSTILE_STACK                                                   \
	{                                                               \
		hostile_frames, COUNT(hostile_frames), STACK_UNREADABLE \
	}

static const struct thread_row hostile_threads[] = {
	{.pid = INT32_MAX,
	 .tid = 1,
	 .ns_tid = 1,
	 .name = NASTY,
	 .state = 'D',
	 .blocked = true,
	 .wait = {WAIT_WRITE, "write", HUGE_TIME, true, NO_INDEX, INT32_MAX, "/tmp/" NASTY, 0},
	 .age_ns = HUGE_TIME,
	 .stack = HOSTILE_STACK,
	 .kernel_stack = HOSTILE_STACK},
	{.pid = 1,
	 .tid = 2,
	 .ns_tid = 2,
	 .name = NAME_1K,
	 .state = 'S',
	 .blocked = true,
	 .wait = {WAIT_RWLOCK_READ, "futex", 1, true, 0, -1, "", 2},
	 .stack = {.frames = NULL, .count = 0, .end = STACK_UNREADABLE}},
	{.pid = 1,
	 .tid = 3,
	 .ns_tid = 3,
	 .name = "",
	 .state = 'S',
	 .blocked = true,
	 .wait = {WAIT_JOIN, NULL, 1, true, 77, -1, NULL, 99}}, /* a lock index that is not there */
	{.pid = 1,
	 .tid = 4,
	 .ns_tid = 4,
	 .name = "fault",
	 .state = 'T',
	 .blocked = true,
	 .wait = {WAIT_PAGE_FAULT, "read", 0, false, NO_INDEX, -1, NAME_1K, 4}},
	{.pid = 1,
	 .tid = 5,
	 .ns_tid = 5,
	 .name = "gr\xc3\xbc\xc3\x9f\xe6\x97\xa5",
	 .state = 'R',
	 .wait = NOTHING},
};

static const pid_t hostile_tids[] = {2, 3};
static const struct lock_row hostile_locks[] = {
	{.pid = 1,
	 .address = UINT64_MAX,
	 .symbol = NASTY,
	 .kind = LOCK_RWLOCK,
	 .waits = LATENCY(HUGE_TIME, HUGE_TIME, HUGE_TIME, HUGE_TIME),
	 .wait_ns = HUGE_TIME,
	 .owner_tid = 2,
	 .waiter_count = 2,
	 .waiters = hostile_tids},
	{.pid = 1, .address = 1, .symbol = NAME_1K, .kind = LOCK_JOIN, .waiter_count = 1, .owner_tid = 99},
	{.pid = 1,
	 .address = 0,
	 .kind = LOCK_FUTEX,
	 .waits = LATENCY(1, 1, 1, 1),
	 .wait_ns = 1,
	 .waiter_count = SIZE_MAX},
};

static const struct file_row hostile_files[] = {
	{.pid = 1,
	 .fd = INT32_MAX,
	 .path = "/tmp/" NASTY NAME_1K,
	 .deleted = true,
	 .kind = TS_FILE_PIPE,
	 .writes = LATENCY(HUGE_TIME, HUGE_TIME, HUGE_TIME, HUGE_TIME),
	 .bytes = HUGE_TIME,
	 .errors = HUGE_TIME,
	 .short_writes = HUGE_TIME,
	 .fsyncs = LATENCY(HUGE_TIME, HUGE_TIME, HUGE_TIME, HUGE_TIME),
	 .in_flight = SIZE_MAX,
	 .oldest_in_flight_ns = HUGE_TIME,
	 .writers = HUGE_TIME},
};

static const struct creator_row hostile_creators[] = {
	{.pid = 1,
	 .stack = {.frames = hostile_frames, .count = COUNT(hostile_frames), .end = STACK_TRUNCATED},
	 .alive = HUGE_TIME,
	 .created = HUGE_TIME,
	 .exited = HUGE_TIME,
	 .growth_per_s = -1e300},
};

static const struct process_row hostile_processes[] = {
	{.pid = INT32_MAX,
	 .comm = NASTY,
	 .origin = {NASTY " " NAME_1K, true, NASTY, HUGE_TIME},
	 .threads = HUGE_TIME,
	 .created = HUGE_TIME,
	 .exited = HUGE_TIME,
	 .created_total = HUGE_TIME,
	 .exited_total = HUGE_TIME,
	 .running = HUGE_TIME,
	 .blocked = HUGE_TIME,
	 .ended = true,
	 .futex = LATENCY(HUGE_TIME, HUGE_TIME, HUGE_TIME, HUGE_TIME),
	 .lock_waits = LATENCY(HUGE_TIME, HUGE_TIME, HUGE_TIME, HUGE_TIME),
	 .futex_wait_ns = HUGE_TIME,
	 .writes = LATENCY(HUGE_TIME, HUGE_TIME, HUGE_TIME, HUGE_TIME),
	 .write_bytes = HUGE_TIME,
	 .write_errors = HUGE_TIME,
	 .fsyncs = LATENCY(HUGE_TIME, HUGE_TIME, HUGE_TIME, HUGE_TIME),
	 .cpu_ns = HUGE_TIME},
};

static const struct finding hostile_findings[] = {
	{FINDING_LOG_STALL, SEVERITY_CRITICAL, "thread " NASTY " waits", 1, hostile_tids, 2, NULL, false, 0,
	 0, 0, 0, false, 0},
	{FINDING_LOG_STALL, SEVERITY_INFO, NAME_1K, 0, NULL, 0, NULL, false, 0, 0, 0, 0, false, 0},
};

static const struct interval_report hostile_interval = {
	.time_ns = HUGE_TIME,
	.interval_ns = 1,
	.watched_ns = HUGE_TIME,
	.processes = hostile_processes,
	.process_count = 1,
	.threads = hostile_threads,
	.thread_count = COUNT(hostile_threads),
	.creators = hostile_creators,
	.creator_count = 1,
	.locks = hostile_locks,
	.lock_count = COUNT(hostile_locks),
	.files = hostile_files,
	.file_count = 1,
	.findings = hostile_findings,
	.finding_count = 2,
	.cost = {0, HUGE_TIME, UINT64_MAX, HUGE_TIME},
	.losses = some_losses,
	.loss_count = COUNT(some_losses),
};

static const struct stack_group hostile_groups[] = {
	{.tids = hostile_tids,
	 .count = 1,
	 .wait = "write",
	 .one = &hostile_threads[0],
	 .longest_ns = HUGE_TIME},
	{.tids = hostile_tids,
	 .count = 2,
	 .wait = "rwlock-read",
	 .one = &hostile_threads[1],
	 .longest_ns = 1,
	 .shortest_ns = 1,
	 .idle = true},
	{.tids = hostile_tids, .count = 1, .wait = "running", .one = NULL},
};
static const size_t hostile_cycle[] = {0, 1000}; /* the second index is not there */
static const struct deadlock hostile_deadlocks[] = {{hostile_tids, hostile_cycle, 2, SIZE_MAX, true}};
static char *const hostile_cmdline[] = {NASTY, NAME_1K, NULL};

static const struct snapshot_report hostile_snapshot = {
	.time_ns = HUGE_TIME,
	.kernel = NASTY,
	.arch = "x86_64",
	.pid = INT32_MAX,
	.comm = NASTY,
	.exe = "/tmp/" NASTY,
	.cmdline = hostile_cmdline,
	.origin = {NASTY, true, NAME_1K, HUGE_TIME},
	.runtime_kind = "native",
	.threads = hostile_threads,
	.thread_count = COUNT(hostile_threads),
	.locks = hostile_locks,
	.lock_count = 2,
	.deadlocks = hostile_deadlocks,
	.deadlock_count = 1,
	.groups = hostile_groups,
	.group_count = COUNT(hostile_groups),
	.findings = hostile_findings,
	.finding_count = 2,
	.cost = {HUGE_TIME, HUGE_TIME, HUGE_TIME, 0},
	.losses = some_losses,
	.loss_count = COUNT(some_losses),
};

static const struct event_row hostile_events[] = {
	{.time_ns = HUGE_TIME,
	 .type = EVENT_WRITE,
	 .pid = INT32_MAX,
	 .tid = INT32_MAX,
	 .name = NASTY,
	 .duration_ns = HUGE_TIME,
	 .path = "/tmp/" NASTY NAME_1K,
	 .fd = -1,
	 .bytes = HUGE_TIME,
	 .result = INT64_MIN,
	 .stack = {.frames = hostile_frames, .count = COUNT(hostile_frames), .end = STACK_UNREADABLE}},
	{.type = EVENT_FUTEX_WAIT, .pid = 1, .tid = 2, .name = NAME_1K, .lock = &hostile_locks[0]},
	{.type = EVENT_FUTEX_WAIT, .pid = 1, .tid = 2, .name = "", .waker_tid = 3, .waker_name = NASTY},
	{.type = EVENT_FSYNC, .pid = 1, .tid = 2, .name = "x", .path = "", .fd = 3, .result = -4095},
	{.type = EVENT_THREAD_CREATE, .pid = 1, .tid = 2, .name = "x", .child_tid = 0},
	{.type = EVENT_PANIC,
	 .pid = 1,
	 .tid = 2,
	 .name = "x",
	 .panic = {0, NULL, NULL, false, PANIC_UNKNOWN}},
	{.type = EVENT_PANIC,
	 .pid = 1,
	 .tid = 2,
	 .name = "x",
	 .panic = {UINT64_MAX, "a\033[31m", "b\n\xff", true, PANIC_KILLED}},
};
static const size_t hostile_event_count = COUNT(hostile_events);

#endif
