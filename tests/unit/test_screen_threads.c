// SPDX-License-Identifier: GPL-2.0-or-later
/* The order of threads on the screen. */
#include "screen/thread_groups.h"
#include "test.h"

TEST(running_threads_come_before_idle_ones)
{
	struct thread_row threads[] = {
		{.tid = 1, .name = "runs"},
		{.tid = 2,
		 .name = "idle",
		 .blocked = true,
		 .wait = {.class = WAIT_CLASS_IDLE, .lock = NO_INDEX}},
		{.tid = 3,
		 .name = "held-up",
		 .blocked = true,
		 .wait = {.class = WAIT_CLASS_BLOCKED, .lock = NO_INDEX}},
	};
	const int order[] = {3, 1, 2};
	size_t rank[] = {2, 1};
	struct interval_report r = {
		.threads = threads, .thread_count = 3, .thread_rank = rank, .ranked_threads = 2};
	struct thread_groups g = thread_groups__make(&r);

	CHECK_EQ(g.count, 3);
	for (size_t i = 0; i < g.count && i < 3; i++)
		CHECK_EQ(threads[g.list[i].members[0]].tid, order[i]);
	thread_groups__free(&g);
}

TEST_MAIN
