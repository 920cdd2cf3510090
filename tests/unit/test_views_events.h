/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events and checks of a kernel as they are usual, for test_views.c. */
#ifndef TS_TEST_VIEWS_EVENTS_H
#define TS_TEST_VIEWS_EVENTS_H

#include "test_views_usual.h"

/* ---- events ---- */

static const struct event_row usual_events[] = {
	{.time_ns = NOW,
	 .type = EVENT_THREAD_CREATE,
	 .pid = 4481,
	 .tid = 811,
	 .name = "acceptor",
	 .child_tid = 831,
	 .stack = {.frames = accept_frames, .count = 2, .end = STACK_COMPLETE}},
	{.time_ns = NOW,
	 .type = EVENT_THREAD_EXIT,
	 .pid = 4481,
	 .tid = 831,
	 .name = "worker",
	 .duration_ns = 97400 * MS},
	{.time_ns = NOW,
	 .type = EVENT_FUTEX_WAIT,
	 .pid = 4481,
	 .tid = 813,
	 .name = "worker",
	 .duration_ns = 2300 * MS,
	 .stack = {.frames = worker_frames, .count = COUNT(worker_frames), .end = STACK_COMPLETE},
	 .lock = &usual_locks[0],
	 .waker_tid = 812,
	 .waker_name = "log-writer",
	 .owner_name = "log-writer",
	 .syscall = "futex"},
	{.time_ns = NOW,
	 .type = EVENT_WRITE,
	 .pid = 4481,
	 .tid = 812,
	 .name = "log-writer",
	 .duration_ns = 97 * MS,
	 .path = "/var/log/app.log",
	 .fd = 7,
	 .bytes = 4096,
	 .result = 1024,
	 .syscall = "pwrite64",
	 .stack = {.frames = writer_frames, .count = COUNT(writer_frames), .end = STACK_TRUNCATED}},
	{.time_ns = NOW,
	 .type = EVENT_FSYNC,
	 .pid = 4481,
	 .tid = 812,
	 .name = "log-writer",
	 .duration_ns = 2300 * MS,
	 .path = "/var/log/app.log",
	 .fd = 7,
	 .result = -5,
	 .syscall = "fdatasync"},
	{.time_ns = NOW,
	 .type = EVENT_PANIC,
	 .pid = 4481,
	 .tid = 814,
	 .name = "server",
	 .duration_ns = 12000,
	 .stack = {.frames = accept_frames, .count = 2, .end = STACK_COMPLETE},
	 .panic = {18, "*errors.errorString", "no such user", false, PANIC_RECOVERED}},
	{.time_ns = NOW,
	 .type = EVENT_PANIC,
	 .pid = 4481,
	 .tid = 814,
	 .name = "server",
	 .duration_ns = SEC,
	 .stack = {.frames = accept_frames, .count = 2, .end = STACK_TRUNCATED},
	 .panic = {19, "*main.failure", NULL, false, PANIC_UNKNOWN}},
	{.time_ns = NOW,
	 .type = EVENT_PANIC_END,
	 .pid = 4481,
	 .tid = 815,
	 .name = "server",
	 .duration_ns = 2300 * MS,
	 .panic = {19, "*main.failure", "disk full", true, PANIC_KILLED}},
	{.time_ns = NOW,
	 .type = EVENT_STOPPED,
	 .pid = 4481,
	 .tid = 4481,
	 .name = "server",
	 .fd = -1,
	 .duration_ns = 12000 * MS,
	 .stop = {STOP_SIGNAL, 12000 * MS}},
};
static const size_t usual_event_count = COUNT(usual_events);

/* ---- doctor ---- */

static const struct check_row checks[] = {
	{"BTF", "ok", "/sys/kernel/btf/vmlinux", "", ""},
	{"write probes", "fallback", "tracepoints", "fentry is not available on this kernel",
	 "use Linux 5.5 or newer"},
	{"user stacks", "missing", "", "CAP_PERFMON is not granted", "run as root"},
};
static const struct doctor_report perfect_doctor = {"6.18.44", "x86_64", "0.1.0", "1.5", checks, 1, true};
static const struct doctor_report able_doctor = {"6.18.44", "x86_64", "0.1.0", "1.5", checks, 2, true};
static const struct doctor_report unable_doctor = {"6.18.44\n", "x86_64", "0.1.0", "1.5\033",
						   checks,      3,        false};

#endif
