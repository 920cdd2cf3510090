// SPDX-License-Identifier: GPL-2.0-or-later
/* The view of locks: what a lock unfolds to, and where its rows lead. */
#include "saved_files.h"
#include "screens.h"

#define LOCKS "3"

TEST(a_lock_unfolds_to_its_owner_and_its_waiters)
{
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		struct shown s;

		open_run(&s, "tests/samples/demo.facts", SIZES[i][0], SIZES[i][1]);
		type(&s, LOCKS);
		press(&s, CODE_RIGHT);
		check_screen(&s, "locks-unfolded");
		close_run(&s);
	}
}

TEST(a_thread_below_a_lock_leads_to_its_detail)
{
	struct shown s;

	open_run(&s, "tests/samples/demo.facts", 40, 120);
	type(&s, LOCKS);
	press(&s, CODE_RIGHT);
	press(&s, CODE_DOWN);
	type(&s, "\n");
	CHECK(screen_has(&s,
			 "\nlog-rotator (12871)\nfor 100 ms: waiting in fsync(/srv/demo/log/service.log.1)"));
	press(&s, CODE_ESCAPE);
	CHECK(screen_has(&s, "waits: worker-8 (12870)"));
	press(&s, CODE_DOWN);
	type(&s, "\n");
	CHECK(screen_has(&s, "\nworker-1 (12863)\nfor 1.2 s: waiting for mutex 0x561402d79100 (log_mutex)"));
	press(&s, CODE_ESCAPE);
	/* From a child, folding closes its lock. */
	press(&s, CODE_LEFT);
	CHECK(screen_lacks(&s, "waits: worker-8"));
	type(&s, "\n");
	CHECK(screen_has(&s, "WAITERS (8)"));
	close_run(&s);
}

/* Two threads that wait for each other, and one behind them. */
static struct sample *circle(uint64_t seconds)
{
	struct sample *s = sample_at(seconds);

	add_process(s, 10, 3);
	add_waiter(s, 10, 10, 0x1000, 11);
	add_waiter(s, 10, 11, 0x2000, 10);
	add_waiter(s, 10, 12, 0x1000, 11);
	add_lock(s, 10, 0x1000, 0x1000)->owner_tid = 11;
	add_lock(s, 10, 0x2000, 0x2000)->owner_tid = 10;
	return s;
}

TEST(the_chain_of_a_deadlock_ends)
{
	struct sample *list[] = {circle(0), circle(1)};
	struct shown s;

	open_file(&s, saved_as_file(list, 2), 24, 120);
	type(&s, LOCKS);
	press(&s, CODE_RIGHT);
	check_screen(&s, "locks-circle");
	close_run(&s);
}

/* In the detail of each lock of a circle. */
TEST(a_finding_is_told_with_what_it_is_about)
{
	static const char *const OF_IT[] = {"3\n", "3j\n"};
	struct shown s;

	open_run(&s, "tests/samples/deadlock-top.facts", 40, 120);
	for (size_t i = 0; i < 2; i++) {
		type(&s, OF_IT[i]);
		CHECK(screen_has(&s, "deadlock of 2 threads: "));
		CHECK(screen_has(&s, "Only a restart ends it."));
	}
	close_run(&s);
}

/* Its owner runs between two readings, or its wait is too short for the report to have its stack. */
TEST(the_owners_stack_of_a_snapshot)
{
	static const struct frame frames[] = {{.address = 1, .function = "flush_all"}};
	const pid_t waiters[] = {12};
	const struct thread_row threads[] = {{.pid = 10, .tid = 11, .name = "owner"},
					     {.pid = 10, .tid = 12, .name = "waiter", .blocked = true}};
	const struct thread_row seen = {
		.pid = 10, .tid = 11, .stack = {.frames = frames, .count = 1, .end = STACK_COMPLETE}};
	struct lock_row lock = {.pid = 10,
				.address = 0x1000,
				.kind = LOCK_MUTEX,
				.owner_tid = 11,
				.waiters = waiters,
				.waiter_count = 1};
	const struct interval_report r = {
		.threads = threads, .thread_count = 2, .locks = &lock, .lock_count = 1, .interval_ns = 1};
	struct lock_row then = lock;
	const struct snapshot_report snapshot = {
		.threads = &seen, .thread_count = 1, .locks = &then, .lock_count = 1};
	struct scene s = {.r = &r};
	struct page p = {0};

	CHECK(view_locks.detail(&s, lock__identity(&lock), &p));
	CHECK(page_has(&p, "running"));
	page__clear(&p);
	s.snapshot = &snapshot;
	s.snapshot_ns = 5000000000;
	CHECK(view_locks.detail(&s, lock__identity(&lock), &p));
	CHECK(page_has(&p, "flush_all"));
	CHECK(page_has(&p, "OWNER'S STACK IN THE SNAPSHOT OF "));
	/* A likely one, too. */
	page__clear(&p);
	lock.owner_tid = then.owner_tid = 0;
	lock.likely_tid = then.likely_tid = 11;
	CHECK(view_locks.detail(&s, lock__identity(&lock), &p));
	CHECK(page_has(&p, "flush_all"));
	/* Of a time when it did not hold the lock: not what it does with it. */
	page__clear(&p);
	then.likely_tid = 12;
	CHECK(view_locks.detail(&s, lock__identity(&lock), &p));
	CHECK(!page_has(&p, "flush_all"));
	page__clear(&p);
	lock.likely_tid = 0;
	CHECK(view_locks.detail(&s, lock__identity(&lock), &p));
	CHECK(page_has(&p, "holder not known (no owner could be read from it)"));
	page__free(&p);
}

TEST_MAIN
