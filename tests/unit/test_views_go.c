/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The goroutines of a snapshot against golden files. */
#include "golden.h"
#include "ranked.h"
#include "test_views_hostile.h"

#include "report/go_rows.h"

static const struct frame go_frames[] = {
	{.address = 0x67ee07,
	 .function = "main.(*pool).take",
	 .offset = 39,
	 .file = "/src/pool.go",
	 .line = 88,
	 .inlined = true},
	{.address = 0x67ee07, .function = "main.worker", .offset = 39, .file = "/src/main.go", .line = 12}};
#define CREATOR                                                                                     \
	{                                                                                           \
		.address = 0x67ef00, .function = "main.main", .offset = 57, .file = "/src/main.go", \
		.line = 30                                                                          \
	}
static pid_t go_tids[] = {813, 814};

static const struct go_group_row go_groups[] = {
	{.g = {.state = "chan receive",
	       .count = 100000,
	       .goids = {18, 19, 20, 21, 22, 23, 24, 25, 26, 27},
	       .goid_count = 10,
	       .wait_known = 99990,
	       .wait_min_ns = 300 * SEC,
	       .wait_max_ns = 600 * SEC,
	       .wait = {.target = GO_TARGET_CHAN,
			.address = 0xc000012345,
			.len = 1024,
			.cap = 1024,
			.fd = -1},
	       .targets = 1,
	       .stack_bytes = 204800000,
	       .stack = {.frames = go_frames, .count = 2, .end = STACK_COMPLETE},
	       .created_by = CREATOR,
	       .creator_goid = 1,
	       .labels = {{"handler", "upload", 100000}, {"tenant", "a", 12}},
	       .label_count = 2,
	       .labels_more = 1}},
	{.g = {.state = "syscall",
	       .count = 2,
	       .goids = {100100, 100101},
	       .goid_count = 2,
	       .wait_known = 2,
	       .wait_exact = 2,
	       .wait_min_ns = 2300 * MS,
	       .wait_max_ns = 2300 * MS,
	       .wait = {.fd = -1},
	       .locked = 1,
	       .stack_bytes = 8192,
	       .stack = {.frames = go_frames, .count = 2, .end = STACK_TRUNCATED},
	       .created_by = CREATOR,
	       .creators_differ = true,
	       .tids = go_tids,
	       .tid_count = 2},
	 .syscall = "write",
	 .file = "/var/log/app.log",
	 .same_call = true},
	{.g = {.state = "sync.Mutex.Lock",
	       .count = 1,
	       .goids = {100103},
	       .goid_count = 1,
	       .wait = {.target = GO_TARGET_SEMAPHORE, .address = 0xc000100004, .fd = -1},
	       .targets = 1,
	       .behind = 13,
	       .stack = {go_frames + 1, 1, STACK_COMPLETE}}},
	{.g = {.state = "IO wait",
	       .count = 1,
	       .goids = {100104},
	       .goid_count = 1,
	       .wait = {.target = GO_TARGET_FD,
			.fd = 7,
			.file = "socket to 10.0.0.7:443",
			.peer = "10.0.0.7:443"},
	       .targets = 1,
	       .peer = "10.0.0.7:443",
	       .stack = {go_frames + 1, 1, STACK_COMPLETE}}},
	{.g = {.state = "IO wait",
	       .count = 3,
	       .goids = {100105, 100106, 100107},
	       .goid_count = 3,
	       .wait = {.target = GO_TARGET_FD, .fd = 8, .fd_write = true},
	       .targets = 3,
	       .peer = "[::1]:5432",
	       .stack = {go_frames + 1, 1, STACK_COMPLETE}}},
	{.g = {.state = "running",
	       .count = 1,
	       .goids = {1},
	       .goid_count = 1,
	       .wait = {.fd = -1},
	       .stack = {.frames = NULL, .count = 0, .end = STACK_RUNNING}}},
	{.g = {.state = "force gc (idle)",
	       .system = true,
	       .count = 1,
	       .goids = {2},
	       .goid_count = 1,
	       .wait = {.fd = -1},
	       .stack = {.frames = go_frames, .count = 1, .end = STACK_COMPLETE}}},
};
static struct go_state go_states[] = {
	{"chan receive", 100000}, {"syscall", 2}, {"running", 1}, {"sync.Mutex.Lock", 1}};
static struct go_threads go_roles[] = {{198, "write", "/var/log/app.log", true, false, 2300 * MS},
				       {8, NULL, NULL, false, true, 0},
				       {6, NULL, NULL, false, false, 0}};
static const struct go_label go_labels[] = {{"handler", "upload", 1}};
static struct go_row go_list[] = {
	{.goid = 1, .group = 5, .wait = {.fd = -1}},
	{.goid = 2, .group = 6, .wait = {.fd = -1}},
	{.goid = 18,
	 .parent = 1,
	 .group = 0,
	 .wait_ns = 330 * SEC,
	 .wait_known = true,
	 .wait = {.target = GO_TARGET_CHAN, .address = 0xc000012345, .len = 1024, .cap = 1024, .fd = -1},
	 .labels = go_labels,
	 .label_count = 1},
	{.goid = 100100,
	 .parent = 18,
	 .group = 1,
	 .wait_ns = 2300 * MS,
	 .wait_known = true,
	 .wait_exact = true,
	 .locked = true,
	 .tid = 813,
	 .wait = {.fd = -1}},
};

#define GO_READING                                                                \
	.version = "go1.24.4", .total = 100004, .system = 1, .states = go_states, \
	.state_count = COUNT(go_states), .scheduler = {true, 100004, 1, 8, 2, 12, 3, 3, 14, true, false}
#define GO_REPORT                                                                  \
	.groups = go_groups, .group_count = COUNT(go_groups), .threads = go_roles, \
	.thread_groups = COUNT(go_roles)

static const struct go_reading usual_reading = {GO_READING, .lost_moved = 3},
			       full_reading = {GO_READING, .list = go_list, .list_count = COUNT(go_list)},
			       unread_reading = {
				       .version = "go1.99",
				       .problem = "its version is newer than threadscope knows\x1b[31m"};
static const struct go_report go_usual = {GO_REPORT, .reading = &usual_reading};
static const struct go_report go_full = {GO_REPORT, .reading = &full_reading};
static const struct go_report go_unread = {.reading = &unread_reading};

#define SNAPSHOT(report)                                                                                \
	{                                                                                               \
		.time_ns = NOW, .kernel = "6.18.44", .arch = "x86_64", .pid = 4481, .comm = "app",      \
		.exe = "/usr/bin/app", .cmdline = usual_cmdline, .runtime_kind = "go",                  \
		.runtime_version = "go1.24.4", .go = &report, .threads = usual_threads,                 \
		.thread_count = COUNT(usual_threads), .cost = {41 * MS, 30 * MS, UINT64_MAX, 12 << 20}, \
		.losses = no_losses, .loss_count = COUNT(no_losses)                                     \
	}
static const struct snapshot_report usual = SNAPSHOT(go_usual), full = SNAPSHOT(go_full),
				    unread = SNAPSHOT(go_unread);

static void check_view(const struct view *view, const struct snapshot_report *r, bool only, bool all,
		       const char *golden)
{
	struct capture c;

	begin(&c);
	c.o.goroutines_only = only;
	c.o.all = all;
	show_snapshot(view, &c.o, r);
	check_golden(&c, golden);
}

TEST(text_groups)
{
	check_view(&view_text, &usual, true, false, "goroutines.txt");
}
TEST(text_groups_all)
{
	check_view(&view_text, &usual, true, true, "goroutines-all.txt");
}
TEST(text_traceback)
{
	check_view(&view_text, &full, true, false, "goroutines-full.txt");
}
TEST(text_unreadable)
{
	check_view(&view_text, &unread, true, false, "goroutines-unread.txt");
}
TEST(json_groups)
{
	check_view(&view_json, &usual, false, false, "goroutines.json");
}
TEST(json_list)
{
	check_view(&view_json, &full, true, false, "goroutines-full.json");
}
TEST(json_unreadable)
{
	check_view(&view_json, &unread, false, false, "goroutines-unread.json");
}

TEST_MAIN
