// SPDX-License-Identifier: GPL-2.0-or-later
/* Threads on the screen: their order, and rows that stand for several. */
#include "saved_files.h"
#include "screen/thread_groups.h"
#include "screens.h"

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

/* Threads that wait, each for a lock of its own or all for one, whose owner is none of them. */
static struct sample *waiters(uint64_t seconds, size_t count, bool together)
{
	struct sample *s = sample_at(seconds);

	add_process(s, 10, count);
	for (size_t i = 0; i < count; i++)
		add_waiter(s, 10, (pid_t)(10 + i), together ? 0x1000 : 0x1000 + 0x1000 * i, 0);
	for (size_t i = 0; i < (together ? 1 : count); i++)
		add_lock(s, 10, 0x1000 + 0x1000 * i, 0x1000 + 0x1000 * i);
	return s;
}

TEST(the_first_screen_says_how_many_rows_have_no_room)
{
	struct sample *list[] = {waiters(0, 5, false), waiters(1, 5, false)};
	struct shown s;

	open_file(&s, saved_as_file(list, 2), 40, 120);
	CHECK(screen_has(&s, "LOCKS; 2 more rows in the view locks\n"));
	CHECK(screen_has(&s, "WAITING THREADS (5, and 0 idle); 2 more rows in the view threads\n"));
	close_run(&s);
}

TEST(the_detail_of_a_folded_row_follows_one_of_its_threads)
{
	struct sample *list[] = {waiters(0, 3, true), waiters(1, 3, true), waiters(2, 3, false)};
	struct shown s;

	open_file(&s, saved_as_file(list, 3), 40, 120);
	type(&s, "2");
	CHECK(screen_has(&s, "3 \xc3\x97 "));
	type(&s, "\n");
	CHECK(screen_has(&s, "one of those that do the same now: 3 \xc3\x97 "));
	type(&s, "]");
	wait_for(&s, 2);
	CHECK(screen_has(&s, "waiting for mutex 0x"));
	CHECK(screen_lacks(&s, "one of those"));
	CHECK(screen_lacks(&s, "gone:"));
	CHECK(screen_lacks(&s, "not there in this interval"));
	close_run(&s);
}

TEST_MAIN
