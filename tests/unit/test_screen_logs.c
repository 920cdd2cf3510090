// SPDX-License-Identifier: GPL-2.0-or-later
/* The view of logs: what is known of a file, and how its calls went over time. */
#include "scenes.h"
#include "screens.h"

#define LOGS "4"

/* The detail after so many intervals. */
static void open_detail(struct shown *s, size_t moments, unsigned rows, unsigned columns)
{
	open_run(s, "tests/samples/demo.facts", rows, columns);
	for (size_t i = 1; i < moments; i++) {
		type(s, "]");
		wait_for(s, i + 1);
	}
	type(s, LOGS);
	type(s, "\n");
}

TEST(calls_over_time)
{
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		struct shown s;

		open_detail(&s, 3, SIZES[i][0], SIZES[i][1]);
		free(screen_text(&s));
		type(&s, "G");
		check_screen(&s, "logs-over-time");
		close_run(&s);
	}
}

TEST(the_map_has_a_column_per_interval)
{
	struct shown s;

	open_detail(&s, 1, 200, 100);
	CHECK(screen_has(&s, "  writes      112/s  7.0 MiB/s   22 us"));
	CHECK(screen_has(&s, "SYNCS OVER TIME"));
	s.canvas.ascii = true;
	CHECK(screen_has(&s, "  from    2.1 ms  ####"));
	CHECK(screen_lacks(&s, "\xe2"));
	close_run(&s);
}

/* ---- by hand ------------------------------------------------------------------------------------- */

static const struct histogram_bar bars[] = {{1, 3}, {1000, 1000000}, {1100, 5}, {5000000000ull, 1}};
static const struct file_detail detail = {.total_writes = {.count = 1000009, .max_ns = 6000000000ull},
					  .total_write_times = {bars, 4},
					  .total_bytes = 4096};
static const struct frame frames[] = {{.function = "log\x1b[31m\n_line", .file = "a.c", .line = 3}};
static const struct slow_call slow_call = {.syscall = "write",
					   .name = "w\x1b",
					   .tid = 7,
					   .ns = 6000000000ull,
					   .bytes = 80,
					   .stack = {frames, 1, STACK_COMPLETE}};
static const struct file_slow slow = {.total_writes = {.count = 2, .ns = 7000000000ull},
				      .slowest_ever = &slow_call};
static const struct thread_row writer = {.pid = 2,
					 .tid = 8,
					 .name = "b",
					 .blocked = true,
					 .wait = {.kind = WAIT_WRITE, .lock = NO_INDEX, .fd = 3}};
static const struct call_row calls[] = {{.thread = &writer,
					 .syscall = "write",
					 .age_ns = 2000000000ull,
					 .hangs = true,
					 .bytes = 10,
					 .fd = 3,
					 .path = "/log\x1b[2J",
					 .stall = STALL_UNKNOWN}};
static const struct file_row files[] = {
	{.pid = 1, .fd = 9, .path = "socket", .kind = TS_FILE_SOCKET, .connection = true, .hangs = true},
	{.pid = 1,
	 .fd = 3,
	 .path = "/log\x1b[2J",
	 .same_file = 1,
	 .inode = 7,
	 .writers = 2,
	 .torn_known = true,
	 .torn_lines = 4,
	 .holes = 1,
	 .errors = 2,
	 .errors_by = {[TS_IO_OTHER] = 2},
	 .sync_known = true,
	 .unsynced_bytes = 4096,
	 .unsynced_writes = 1,
	 .detail = &detail,
	 .slow = &slow},
	{.pid = 2,
	 .fd = 3,
	 .path = "/log\x1b[2J",
	 .same_file = 1,
	 .inode = 7,
	 .writers = 1,
	 .in_flight = 1,
	 .hangs = true},
};
static const struct file_group groups[] = {{0, {.count = 1}}, {1, {.count = 2}}};
static const struct process_row processes[] = {{.pid = 1, .comm = "a"}, {.pid = 2, .comm = "b"}};
static const struct interval_report report = {.interval_ns = 1000000000,
					      .watched_ns = 5000000000ull,
					      .processes = processes,
					      .process_count = 2,
					      .files = files,
					      .file_count = 3,
					      .file_groups = groups,
					      .file_group_count = 2,
					      .calls = calls,
					      .call_count = 1};

TEST(connections_are_dim_and_last)
{
	const struct scene s = {.r = &report};
	struct drawn d;

	draw_begin(&d, &view_logs, &s, 24, 80);
	draw_fill(&d);
	CHECK_EQ(d.grid.count, 2);
	CHECK_EQ(d.grid.rows[0].index, 1);
	CHECK_EQ(d.grid.rows[0].style, STYLE_PLAIN);
	CHECK_EQ(d.grid.rows[1].index, 0);
	CHECK_EQ(d.grid.rows[1].style, STYLE_DIM);
	draw_rows(&d);
	check_drawn(&d, "logs-hostile");
	draw_end(&d);
}

TEST(a_file_of_two_processes_with_damage)
{
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		const struct scene s = {.r = &report};
		struct drawn d;

		draw_begin(&d, &view_logs, &s, SIZES[i][0], SIZES[i][1]);
		CHECK(draw_detail(&d, file__identity(&files[1])));
		check_drawn(&d, "logs-hostile-detail");
		draw_end(&d);
	}
}

TEST(what_is_not_counted_is_said)
{
	static const struct process_row unseen[] = {{.pid = 3, .comm = "old\x1b", .calls_unseen = true}};
	static const struct mapped_row mapped[] = {{.pid = 3, .path = "/data", .bytes = 4096},
						   {.pid = 3, .path = "/more", .bytes = 1024}};
	const struct interval_report r = {.processes = unseen,
					  .process_count = 1,
					  .uring_hidden = true,
					  .mapped = mapped,
					  .mapped_count = 2};
	const struct scene s = {.r = &r};
	struct drawn d;

	draw_begin(&d, &view_logs, &s, 24, 100);
	draw_rows(&d);
	CHECK(drawn_has(&d, "a first look: writes and syncs are counted from now on"));
	CHECK(drawn_has(&d, "not counted: writes and syncs by io_uring"));
	CHECK(drawn_has(&d, "not counted: writes and syncs of old\\x1b (3), which runs 32-bit code"));
	CHECK(drawn_has(&d, "mapped memory, to /data (4.0 KiB mapped) and 1 more"));
	draw_end(&d);
}

TEST(what_is_not_there_has_no_detail)
{
	const struct interval_report empty = {0};
	const struct scene s = {.r = &empty};
	struct drawn d;

	draw_begin(&d, &view_logs, &s, 8, 40);
	CHECK(!draw_detail(&d, 5));
	draw_end(&d);
}

TEST_MAIN
