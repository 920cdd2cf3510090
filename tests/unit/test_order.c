/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The orders of rows: each list is in order, and the rows beside each other differ in what decides there. */
#include "model/rows/order.h"
#include "test.h"

#define MS  1000000ull
#define SEC 1000000000ull

/* Each row is before all behind it, and like itself. */
static void check_order(const void *rows, size_t count, size_t size, int (*order)(const void *, const void *))
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < count; k++) {
			int got = order((const char *)rows + i * size, (const char *)rows + k * size);

			if ((got > 0) - (got < 0) != (i > k) - (i < k))
				printf("# row %zu and row %zu: %d\n", i, k, got);
			CHECK_EQ((got > 0) - (got < 0), (i > k) - (i < k));
		}
	}
}
#define CHECK_ORDER(rows, order) check_order(rows, sizeof(rows) / sizeof(*(rows)), sizeof(*(rows)), order)

#define BLOCKED(process, id, class_of, ns)                                \
	{                                                                 \
		.pid = (process), .tid = (id), .blocked = true, .wait = { \
			.class = (class_of),                              \
			.duration_ns = (ns)                               \
		}                                                         \
	}

TEST(threads)
{
	static const struct thread_row rows[] = {
		BLOCKED(2, 5, WAIT_CLASS_UNKNOWN, 9), BLOCKED(1, 5, WAIT_CLASS_BLOCKED, 8),
		BLOCKED(2, 3, WAIT_CLASS_UNKNOWN, 8), BLOCKED(2, 4, WAIT_CLASS_BLOCKED, 8),
		BLOCKED(1, 1, WAIT_CLASS_IDLE, 99),   BLOCKED(1, 2, WAIT_CLASS_POOL, 98),
		{.pid = 1, .tid = 3, .state = 'R'},   {.pid = 1, .tid = 4, .state = 'R'},
	};

	CHECK_ORDER(rows, order__by_wait);
}

TEST(processes_and_creators)
{
	static const struct process_row processes[] = {
		/* in state D, reading fast without sleep, on a CPU: by what adds up to the most */
		{.pid = 9, .cpu_ns = SEC / 10, .d_known = true, .d_ns = 3 * SEC},
		{.pid = 8, .storage_known = true, .read_bytes = 315000000},
		{.pid = 7, .cpu_ns = 2 * SEC},
		{.pid = 6,
		 .cpu_ns = SEC / 10,
		 .d_known = true,
		 .d_ns = SEC,
		 .storage_known = true,
		 .read_bytes = 3000000},
		{.pid = 9, .cpu_ns = 5},
		/* pages made dirty do not count: the kernel takes large ones for whole */
		{.pid = 1, .cpu_ns = 4, .storage_known = true, .dirtied_bytes = 1ull << 40},
		/* stopped: its threads may be in state D for that alone; and what is not known counts as
		   nothing */
		{.pid = 2, .cpu_ns = 4, .d_known = true, .d_ns = 9 * SEC, .stop = {.by = STOP_CGROUP}},
		{.pid = 3, .cpu_ns = 4, .d_ns = 9 * SEC, .read_bytes = 99}};
	static const struct creator_row creators[] = {{.pid = 9, .id = 9, .alive = 5, .created = 1},
						      {.pid = 9, .id = 9, .alive = 4, .created = 9},
						      {.pid = 1, .id = 9, .alive = 4, .created = 8},
						      {.pid = 2, .id = 1, .alive = 4, .created = 8},
						      {.pid = 2, .id = 2, .alive = 4, .created = 8}};

	CHECK_ORDER(processes, order__by_load);
	CHECK_ORDER(creators, order__by_alive);
}

TEST(groups)
{
	static const struct thread_row idle = BLOCKED(1, 1, WAIT_CLASS_IDLE, 1),
				       blocked = BLOCKED(1, 2, WAIT_CLASS_UNKNOWN, 1),
				       runs = {.wait = {.class = WAIT_CLASS_IDLE}};
	static const pid_t tids[] = {1, 2, 3};
	static const struct stack_group rows[] = {
		{.count = 3, .one = &idle, .tids = tids},     {.count = 2, .one = &blocked, .tids = tids + 1},
		{.count = 2, .one = &runs, .tids = tids + 2}, {.count = 2, .one = &idle, .tids = tids},
		{.count = 2, .one = &idle, .tids = tids + 1}, {.count = 1, .one = &blocked, .tids = tids},
	};

	CHECK_ORDER(rows, order__by_size);
}

TEST(locks)
{
	static const struct lock_row by_time[] = {{.pid = 9, .address = 9, .wait_ns = 5},
						  {.pid = 1, .address = 9, .wait_ns = 4},
						  {.pid = 2, .address = 1, .wait_ns = 4},
						  {.pid = 2, .address = 2, .wait_ns = 4}},
				     by_waiters[] = {{.address = 9, .waiter_count = 5},
						     {.address = 1, .waiter_count = 4},
						     {.address = 2, .waiter_count = 4}};

	CHECK_ORDER(by_time, order__by_time_waited);
	CHECK_ORDER(by_waiters, order__by_waiters);
}

TEST(files)
{
	static const struct file_row rows[] = {
		{.path = "z", .pid = 9, .fd = 9, .oldest_in_flight_ns = 2 * SEC},
		{.path = "z", .pid = 9, .fd = 9, .oldest_in_flight_ns = SEC, .bytes = 9},
		{.path = "z", .pid = 9, .fd = 9, .oldest_in_flight_ns = SEC + MS, .bytes = 8},
		{.path = "z", .pid = 9, .fd = 9, .oldest_in_flight_ns = 5, .bytes = 8},
		{.path = "z", .pid = 1, .fd = 9, .bytes = 7},
		{.path = "z", .pid = 2, .fd = 1, .bytes = 7},
		{.path = "a", .pid = 2, .fd = 2, .bytes = 7},
		{.path = "b", .pid = 2, .fd = 2, .bytes = 7},
	};

	CHECK_ORDER(rows, order__by_bytes_written);
}

/* By powers of two: which of two rows of like speed is the faster one does not decide. */
TEST(files_of_logs)
{
	static const struct file_detail none, slow_once = {.total_fsyncs = {.max_ns = 9}},
					      slower_once = {.total_writes = {.max_ns = 17}},
					      large = {.total_bytes = 5};
#define SLOWEST(ns) .writes = {.max_ns = (ns)}, .detail = &none
#define CLIENT      .connection = true
	static const struct file_row rows[] = {
		{.path = "z", .pid = 9, .fd = 9, .oldest_in_flight_ns = 50 * MS, .detail = &none},
		{.path = "z", .pid = 9, .fd = 9, .fsyncs = {.max_ns = 20 * MS}, .detail = &none},
		{.path = "z", .pid = 9, .fd = 9, SLOWEST(10 * MS), CLIENT},
		{.path = "z", .pid = 9, .fd = 9, SLOWEST(MS)},
		{.path = "z", .pid = 9, .fd = 9, .writes = {.max_ns = 4}, .detail = &slower_once},
		{.path = "z", .pid = 9, .fd = 9, .writes = {.max_ns = 5}, .detail = &slow_once},
		{.path = "z", .pid = 9, .fd = 9, .writes = {.max_ns = 6}, .detail = &large},
		{.path = "z", .pid = 1, .fd = 9, SLOWEST(7)},
		{.path = "z", .pid = 2, .fd = 1, SLOWEST(6)},
		{.path = "a", .pid = 2, .fd = 2, SLOWEST(5)},
		{.path = "b", .pid = 2, .fd = 2, SLOWEST(7)},
		{.path = "b", .pid = 3, .fd = 2, .detail = &slow_once},
		{.path = "z", .pid = 9, .fd = 9, .detail = &none},
		{.path = "z", .pid = 9, .fd = 9, SLOWEST(1), .errors = 1, CLIENT},
		{.path = "z", .pid = 9, .fd = 9, .detail = &none, .fsync_errors = 1, CLIENT},
		{.path = "z", .pid = 9, .fd = 9, SLOWEST(9 * MS), CLIENT},
		{.path = "z", .pid = 9, .fd = 9, SLOWEST(2), CLIENT},
	};

	CHECK_ORDER(rows, order__by_worst_call);
}

TEST_MAIN
