/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines of an interval, by hand, with names that attack. */
#ifndef TS_TEST_GO_LIVE_ROWS_H
#define TS_TEST_GO_LIVE_ROWS_H

#include "report/go_rows.h"

#define SEC 1000000000ull
#define ESC "\x1b[31m"

static const struct frame frames[] = {
	{.function = "sync.(*Mutex).Lock", .file = "/go/sync/mutex.go", .line = 81},
	{.function = "main.worker", .file = "/src/main.go", .line = 12}};
static const struct frame maker = {.function = "main.main", .file = "/src/main.go", .line = 30};
static const struct frame hostile = {.function = "main." ESC "x\n", .file = "/src/" ESC "a\n.go", .line = 3};

static const struct go_group_row groups[] = {
	{.g = {.state = "chan receive",
	       .count = 100000,
	       .wait_known = 100000,
	       .wait_least = 100000,
	       .wait_min_ns = 2 * SEC,
	       .wait_max_ns = 600 * SEC,
	       .stack_bytes = 204800000,
	       .stack = {frames + 1, 1, STACK_COMPLETE},
	       .created_by = maker,
	       .creator_goid = 1},
	 .growth_per_s = 14,
	 .span_ns = 600 * SEC,
	 .kept = true,
	 .kept_ns = 600 * SEC,
	 .kept_growth = 8400,
	 .leak = true},
	{.g = {.state = "sync.Mutex.Lock",
	       .count = 12,
	       .wait_known = 3,
	       .wait_min_ns = SEC,
	       .wait_max_ns = SEC,
	       .stack = {frames, 2, STACK_COMPLETE}},
	 .growth_per_s = -0.1,
	 .span_ns = 600 * SEC},
	{.g = {.state = ESC "running",
	       .count = 1,
	       .stack = {&hostile, 1, STACK_RUNNING},
	       .created_by = hostile}},
};
static const struct go_creator_row creators[] = {
	{.created_by = maker, .count = 100012, .growth_per_s = 14, .span_ns = 600 * SEC},
	{.count = 1},
	{.created_by = hostile, .count = 1}};
static const struct go_process counted = {.version = "go1.24.4",
					  .count = 100213,
					  .system = 5,
					  .changes_known = true,
					  .exact = true,
					  .created = 20,
					  .ended = 6,
					  .created_total = 9000,
					  .ended_total = 600,
					  .growth_per_s = 14,
					  .watched_ns = 600 * SEC,
					  .read = true,
					  .read_age_ns = 12 * SEC,
					  .read_cpu_ns = 200000000,
					  .groups = groups,
					  .group_count = 3,
					  .creators = creators,
					  .creator_count = 3},
			       first = {.version = "go1.19.8", .count = 1, .system = 4},
			       unread = {.version = NULL, .problem = "it is too new" ESC};
static const struct process_row processes[] = {{.pid = 4481, .comm = "app", .threads = 12, .go = &counted},
					       {.pid = 4482, .comm = "young", .threads = 4, .go = &first},
					       {.pid = 4483, .comm = "other", .threads = 4, .go = &unread},
					       {.pid = 4484, .comm = "native", .threads = 1}};

#endif
