// SPDX-License-Identifier: GPL-2.0-or-later
/* Threads on the screen: their order, and rows that stand for several. */
#include "saved_files.h"
#include "screen/overview_tops.h"
#include "screen/scene.h"
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

	open_file(&s, saved_as_file(list, 2), 16, 120);
	CHECK(screen_has(&s, "LOCKS; 2 more rows in the view locks\n"));
	CHECK(screen_has(&s, "WAITING THREADS (5, and 0 idle); 2 more rows in the view threads\n"));
	canvas__resize(&s.canvas, 40, 120); /* and shows them where they have */
	CHECK(screen_lacks(&s, "more row"));
	CHECK(screen_has(&s, "waiting for mutex 0x5000"));
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

/* On a narrow screen what a thread waits for stays, and says what it is sorted by. */
TEST(a_narrow_screen_shows_what_a_thread_waits_for)
{
	struct shown s;

	open_run(&s, "tests/samples/demo.facts", 15, 60);
	type(&s, "2");
	CHECK(screen_has(&s, "  WAITS FOR\n"));
	CHECK(screen_has(&s, "  mutex log_mutex\n"));
	CHECK(screen_lacks(&s, "SWITCHES"));
	CHECK(ui__set(s.ui, "sort.threads", "CPU") == 0);
	CHECK(screen_has(&s, "CPU \xe2\x86\x93"));
	type(&s, "r");
	CHECK(screen_has(&s, "CPU \xe2\x86\x91"));
	s.canvas.ascii = true;
	CHECK(screen_has(&s, "CPU ^"));
	type(&s, "s");
	CHECK(screen_has(&s, " [x] CPU "));
	type(&s, " ");
	CHECK(screen_has(&s, " [ ] CPU "));
	close_run(&s);
}

/* A stack that only the snapshot has: the detail does not say that none was read. */
TEST(the_detail_of_a_thread_whose_stack_only_the_snapshot_has)
{
	struct frame frames[] = {{.function = "read_socket"}};
	struct thread_row thread = {.tid = 7,
				    .blocked = true,
				    .wait = {.class = WAIT_CLASS_UNKNOWN,
					     .reason = WAIT_REASON_NO_STACK,
					     .lock = NO_INDEX}},
			  seen = thread;
	const struct interval_report r = {.threads = &thread, .thread_count = 1};
	const struct snapshot_report snapshot = {.threads = &seen, .thread_count = 1};
	const struct thread_groups groups = {0};
	struct shown shown;
	struct scene s = {.r = &r, .groups = &groups};
	struct page p = {0};

	open_run(&shown, "tests/samples/demo.facts", 24, 80);
	s.feed = shown.feed;
	CHECK(view_threads.detail(&s, thread__identity(7), &p));
	CHECK(page_has(&p, "its stack was not read"));
	page__clear(&p);
	s.snapshot = &snapshot;
	seen.stack = (struct call_stack){.frames = frames, .count = 1};
	seen.wait.reason = WAIT_REASON_NOTHING;
	CHECK(view_threads.detail(&s, thread__identity(7), &p));
	CHECK(page_has(&p, "read_socket"));
	CHECK(page_has(&p, "see the snapshot below"));
	CHECK(page_has(&p, "it is not known what it waits for"));
	CHECK(!page_has(&p, "not read"));
	page__free(&p);
	close_run(&shown);
}

/* Of a log of 16 processes, another one is named in each report. */
TEST(a_finding_about_a_file_is_the_same_for_each_writer)
{
	struct finding f = {
		.kind = FINDING_SYNC_PER_WRITE, .pid = 10, .path = "/wal/2", .summary = "2715 syncs/s"};
	struct interval_report r = {.findings = &f, .finding_count = 1, .time_ns = 1};
	struct found_list l = {0};

	found__add(&l, &r);
	f.pid = 11;
	f.summary = "2787 syncs/s";
	r.time_ns = 2;
	found__add(&l, &r);
	CHECK_EQ(l.count, 1);
	CHECK_EQ(l.list[0].first_ns, 1);
	f.path = "/wal/3";
	found__add(&l, &r);
	CHECK_EQ(l.count, 2); /* the first one has ended */
	f.path = NULL;
	found__add(&l, &r);
	f.pid = 12;
	found__add(&l, &r);
	CHECK_EQ(l.count, 4);
	found__free(&l);
}

TEST(the_first_screen_counts_findings_that_have_ended_apart)
{
	struct found list[4] = {{.ended = true}, {.ended = true}};
	const struct process_row process = {.pid = 1};
	const struct interval_report r = {.processes = &process, .process_count = 1, .interval_ns = 1};
	struct found_list found = {.list = list, .count = 4};
	const struct scene s = {.r = &r, .found = &found};
	char heading[TOP_TEXT];

	CHECK_STR(tops__heading(&s, TOP_FINDINGS, 0, heading), "FINDINGS (2, and 2 that have ended)");
	found.count = 2;
	CHECK_STR(tops__heading(&s, TOP_FINDINGS, 0, heading),
		  "NO FINDINGS IN THIS INTERVAL (2 that have ended)");
	list[0].ended = false;
	CHECK_STR(tops__heading(&s, TOP_FINDINGS, 0, heading), "FINDINGS (1, and 1 that has ended)");
	found.count = 1;
	CHECK_STR(tops__heading(&s, TOP_FINDINGS, 0, heading), "FINDINGS (1)");
}

TEST_MAIN
