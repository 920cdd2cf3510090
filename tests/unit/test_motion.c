/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several snapshots say of threads that ran, stood still, came or took another's number. */
#include "test.h"
#include "model/snapshot/thread_motion.h"

#define SEC 1000000000ull

static const struct frame here[] = {{.address = 16}, {.address = 32}},
			  there[] = {{.address = 48}, {.address = 32}};

#define THREAD(number, frames, used)                                                                \
	{                                                                                           \
		.tid = (number), .blocked = true, .cpu_ns = (used), .age_ns = 100 * SEC, .stack = { \
			(frames),                                                                   \
			2,                                                                          \
			STACK_COMPLETE                                                              \
		}                                                                                   \
	}

static void next(struct motion *m, struct thread_row *t, size_t count)
{
	static uint64_t now_ns;

	now_ns += SEC;
	motion__mark(m, t, count, now_ns);
	for (size_t i = 0; i < count; i++)
		t[i].age_ns += SEC;
}

#define CHECK_ROW(t, same, unrun)                 \
	do {                                      \
		CHECK_EQ((t).same_stack, same);   \
		CHECK_EQ((t).did_not_run, unrun); \
	} while (0)

TEST(the_first_snapshot_says_nothing)
{
	struct motion *m = motion__new();
	struct thread_row t[] = {THREAD(1, here, 5)};

	next(m, t, 1);
	CHECK_ROW(t[0], -1, -1);
	motion__free(m);
}

TEST(what_stands_still_is_counted_from_its_last_move)
{
	struct motion *m = motion__new();
	struct thread_row t[] = {THREAD(1, here, 5)};

	next(m, t, 1);
	next(m, t, 1);
	CHECK_ROW(t[0], 1, 1);
	next(m, t, 1);
	CHECK_ROW(t[0], 2, 2);
	t[0].cpu_ns++;
	next(m, t, 1);
	CHECK_ROW(t[0], 3, 0);
	next(m, t, 1);
	CHECK_ROW(t[0], 4, 1);
	t[0].cpu_ns++;
	t[0].stack.frames = there;
	next(m, t, 1);
	CHECK_ROW(t[0], 0, 0);
	next(m, t, 1);
	CHECK_ROW(t[0], 1, 1);
	motion__free(m);
}

TEST(another_wait_at_the_same_place_is_a_move)
{
	struct motion *m = motion__new();
	struct thread_row t[] = {THREAD(1, here, 5)};

	next(m, t, 1);
	t[0].cpu_ns++;
	t[0].wait.kind = WAIT_POLL;
	next(m, t, 1);
	CHECK_ROW(t[0], 0, 0);
	motion__free(m);
}

TEST(a_thread_that_runs_has_run)
{
	struct motion *m = motion__new();
	struct thread_row t[] = {THREAD(1, here, 5)};

	next(m, t, 1);
	t[0].blocked = false; /* in its first slice, which the kernel has not counted yet */
	next(m, t, 1);
	CHECK_ROW(t[0], 0, 0);
	t[0].blocked = true;
	next(m, t, 1);
	CHECK_ROW(t[0], 0, 0);
	motion__free(m);
}

/* Without a stack nothing is known of the place, but what has not run has not left it. */
TEST(a_stack_that_cannot_be_read)
{
	struct motion *m = motion__new();
	struct thread_row t[] = {THREAD(1, here, 5), THREAD(2, here, 5), THREAD(3, here, 5)};

	next(m, t, 3);
	t[0].stack = t[1].stack = (struct call_stack){.end = STACK_UNREADABLE};
	t[2].stack.end = STACK_TRUNCATED;
	t[1].cpu_ns++;
	t[2].cpu_ns++;
	next(m, t, 3);
	CHECK_ROW(t[0], 1, 1);
	CHECK_ROW(t[1], -1, 0);
	CHECK_ROW(t[2], -1, 0);
	next(m, t, 3);
	CHECK_ROW(t[0], 2, 2);
	CHECK_ROW(t[1], 1, 1);
	motion__free(m);
}

TEST(threads_come_and_go)
{
	struct motion *m = motion__new();
	struct thread_row t[] = {THREAD(1, here, 5), THREAD(2, here, 5)};

	next(m, t, 1);
	next(m, t, 2);
	CHECK_ROW(t[0], 1, 1);
	CHECK_ROW(t[1], 0, 0);
	/* gone for one snapshot, its number taken by one that is younger than that */
	next(m, t + 1, 1);
	t[0].age_ns = SEC / 2;
	next(m, t, 2);
	CHECK_ROW(t[0], 0, 0);
	CHECK_ROW(t[1], 2, 2);
	t[0].age_ns = SEC; /* as old as the snapshot before */
	next(m, t, 2);
	CHECK_ROW(t[0], 1, 1);
	t[1].age_ns = SEC / 2;
	next(m, t, 2);
	CHECK_ROW(t[1], 0, 0);
	motion__free(m);
	motion__free(NULL);
}

/* What lies behind the last frame does not count. */
TEST(only_the_stack_is_looked_at)
{
	struct frame frames[] = {{.address = 16}, {.address = 32}, {.address = 48}};
	struct motion *m = motion__new();
	struct thread_row t[] = {THREAD(1, frames, 5)};

	next(m, t, 1);
	frames[2].address = 64;
	t[0].cpu_ns++;
	next(m, t, 1);
	CHECK_ROW(t[0], 1, 0);
	motion__free(m);
}

/* Every frame counts, and how many there are. */
TEST(another_caller_is_a_move)
{
	static const struct frame by_another[] = {{.address = 16}, {.address = 33}},
				  deeper[] = {{.address = 16}, {.address = 32}, {.address = 64}},
				  high[] = {{.address = 16}, {.address = 32 | 1ull << 63}};
	const struct call_stack others[] = {{.frames = by_another, .count = 2, .end = STACK_COMPLETE},
					    {.frames = deeper, .count = 3, .end = STACK_COMPLETE},
					    {.frames = high, .count = 2, .end = STACK_COMPLETE}};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct motion *m = motion__new();
		struct thread_row t[] = {THREAD(1, here, 5)};

		next(m, t, 1);
		t[0].cpu_ns++;
		t[0].stack = others[i];
		next(m, t, 1);
		CHECK_ROW(t[0], 0, 0);
		motion__free(m);
	}
}

/* ---- what was waited in between ---- */

TEST(what_was_waited_is_the_time_without_that_on_a_cpu_and_for_one)
{
	struct motion *m = motion__new();
	struct thread_row t[] = {THREAD(1, here, 5)};

	next(m, t, 1);
	CHECK_EQ(t[0].waited_ns, 0);
	next(m, t, 1);
	CHECK_EQ(t[0].waited_ns, SEC);
	t[0].cpu_ns += SEC / 4;
	t[0].runnable_ns += SEC / 4;
	next(m, t, 1);
	CHECK_EQ(t[0].waited_ns, SEC / 2);
	/* More than there was time for: counters are read one after the other. */
	t[0].cpu_ns += 2 * SEC;
	next(m, t, 1);
	CHECK_EQ(t[0].waited_ns, 0);
	next(m, t, 1);
	CHECK_EQ(t[0].waited_ns, SEC);
	motion__free(m);
}

/* Where it waited is not seen before it is found waiting again: its waits are kept until then. */
TEST(what_a_running_thread_waited_counts_where_it_waits_next)
{
	struct motion *m = motion__new();
	struct thread_row t[] = {THREAD(1, here, 5)};

	next(m, t, 1);
	t[0].blocked = false;
	t[0].cpu_ns += SEC / 4;
	next(m, t, 1);
	CHECK_EQ(t[0].waited_ns, 3 * SEC / 4);
	t[0].cpu_ns += SEC / 4;
	next(m, t, 1);
	CHECK_EQ(t[0].waited_ns, 3 * SEC / 2);
	t[0].blocked = true;
	t[0].cpu_ns += SEC;
	next(m, t, 1);
	CHECK_EQ(t[0].waited_ns, 3 * SEC / 2);
	next(m, t, 1);
	CHECK_EQ(t[0].waited_ns, SEC);
	motion__free(m);
}

/* A thread that moved while it was looked at is read again: its counts are of a later moment, as its age. */
TEST(a_thread_that_was_read_later_than_others_waited_until_then)
{
	struct motion *m = motion__new();
	struct thread_row t[] = {THREAD(1, here, 5), THREAD(2, here, 5)};

	next(m, t, 2);
	for (int i = 0; i < 2; i++) {
		t[i].age_ns += SEC / 2 * (uint64_t)i;
		t[i].cpu_ns += SEC / 4 + SEC / 2 * (uint64_t)i;
	}
	next(m, t, 2);
	CHECK_EQ(t[0].waited_ns, 3 * SEC / 4);
	CHECK_EQ(t[1].waited_ns, 3 * SEC / 4);
	t[1].age_ns -= SEC / 2;
	next(m, t, 2);
	CHECK_EQ(t[0].waited_ns, SEC);
	CHECK_EQ(t[1].waited_ns, SEC / 2);
	motion__free(m);
}

TEST(a_thread_waits_from_its_birth_on)
{
	struct motion *m = motion__new();
	struct thread_row t[] = {THREAD(1, here, 5), THREAD(2, here, SEC / 4), THREAD(3, here, 7 * SEC)};

	next(m, t, 1);
	t[0].age_ns = t[1].age_ns = SEC / 2;
	t[0].cpu_ns = 0;
	next(m, t, 3);
	/* Another thread has the number; one is new; one was there and not seen. */
	CHECK_EQ(t[0].waited_ns, SEC / 2);
	CHECK_EQ(t[1].waited_ns, SEC / 4);
	CHECK_EQ(t[2].waited_ns, 0);
	motion__free(m);
}

TEST_MAIN
