/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long goroutines have been seen to wait, and how many have left a place. */
#include "go/collect/go_clock.h"
#include "test.h"

#define SEC 1000000000ull

static struct goroutine waiting(uint64_t index, uint64_t goid, uint8_t runs)
{
	return (struct goroutine){
		.index = index, .goid = goid, .status = GOROUTINE_WAITING, .tracking_seq = runs};
}

/* One reading of one goroutine, that takes no time. */
static struct go_stay read_one(struct go_clock *c, uint64_t second, const struct goroutine *go,
			       uint64_t place)
{
	struct go_stay stay;

	go_clock__begin(c, second * SEC);
	stay = go_clock__see(c, go, place);
	go_clock__end(c, second * SEC, true);
	return stay;
}

static int64_t left(const struct go_clock *c, uint64_t place)
{
	uint64_t count;

	return go_clock__left(c, place, &count) ? (int64_t)count : -1;
}

TEST(three_readings_tell)
{
	struct go_clock *c = go_clock__new();
	struct goroutine go = waiting(0, 18, 5);

	CHECK_EQ(read_one(c, 10, &go, 1).at_least_ns, 0);
	CHECK_EQ(left(c, 1), -1);
	CHECK_EQ(read_one(c, 11, &go, 1).at_least_ns, 0); /* 256 runs would look the same */
	CHECK_EQ(left(c, 1), 0);
	CHECK_EQ(read_one(c, 13, &go, 1).at_least_ns, 3 * SEC);
	/* It ran, and came back. */
	go.tracking_seq++;
	CHECK_EQ(read_one(c, 14, &go, 1).at_least_ns, 0);
	CHECK_EQ(left(c, 1), 1);
	CHECK_EQ(read_one(c, 15, &go, 1).at_most_ns, 2 * SEC);
	CHECK_EQ(read_one(c, 16, &go, 1).at_least_ns, 2 * SEC);
	go_clock__free(c);
}

TEST(the_runtime_s_stamp_proves_at_once)
{
	struct go_clock *c = go_clock__new();
	struct goroutine go = waiting(0, 18, 5);

	go.wait_since = 4 * SEC;
	read_one(c, 10, &go, 1);
	CHECK_EQ(read_one(c, 11, &go, 1).at_least_ns, SEC);
	go_clock__free(c);
}

TEST(another_place_another_goroutine_and_running)
{
	struct go_clock *c = go_clock__new();
	struct goroutine go = waiting(0, 18, 5);

	read_one(c, 10, &go, 1);
	read_one(c, 11, &go, 2);
	CHECK_EQ(left(c, 1), 1);
	read_one(c, 12, &go, 2);
	CHECK_EQ(read_one(c, 13, &go, 2).at_least_ns, 2 * SEC);
	go.goid = 99; /* the same memory, used again */
	CHECK_EQ(read_one(c, 14, &go, 2).at_least_ns, 0);
	CHECK_EQ(left(c, 2), 1);
	go.status = GOROUTINE_RUNNABLE;
	read_one(c, 15, &go, 2);
	CHECK_EQ(read_one(c, 16, &go, 2).at_least_ns, 0);
	go_clock__free(c);
}

/* Its stack was moved while it was read: it has not run. */
TEST(a_stack_that_was_moved)
{
	struct go_clock *c = go_clock__new();
	struct goroutine go = waiting(0, 18, 5);

	read_one(c, 10, &go, 1);
	go.moved = true;
	read_one(c, 11, &go, 7);
	CHECK_EQ(left(c, 1), 0);
	go.moved = false;
	CHECK_EQ(read_one(c, 12, &go, 1).at_least_ns, 2 * SEC);
	go_clock__free(c);
}

TEST(those_that_ended)
{
	struct go_clock *c = go_clock__new();

	for (uint64_t second = 0; second < 3; second++) {
		go_clock__begin(c, (10 + second) * SEC);
		for (uint64_t i = 0; i < 5000; i++) {
			struct goroutine go = waiting(i, 100 + i, 1);

			if (second == 1 && i % 10 == 0)
				continue; /* ended */
			go_clock__see(c, &go, 1 + i % 2);
		}
		go_clock__end(c, (10 + second) * SEC, true);
		if (second == 1) {
			CHECK_EQ(left(c, 1), 500);
			CHECK_EQ(left(c, 2), 0);
		}
	}
	CHECK_EQ(left(c, 1), 0); /* new ones in their memory are nobody's end */
	go_clock__free(c);
}

TEST(what_is_not_complete_is_not_known)
{
	struct go_clock *c = go_clock__new();
	struct goroutine go = waiting(0, 18, 5), far = waiting(GO_CLOCK_MAX, 19, 5);

	read_one(c, 10, &go, 1);
	go_clock__begin(c, 11 * SEC);
	go_clock__see(c, &go, 1);
	go_clock__end(c, 11 * SEC, false);
	CHECK_EQ(left(c, 1), -1);
	read_one(c, 12, &go, 1);
	CHECK_EQ(left(c, 1), -1); /* nor is what it is compared with */
	read_one(c, 13, &go, 1);
	CHECK_EQ(left(c, 1), 0);
	CHECK_EQ(read_one(c, 14, &far, 1).at_least_ns, 0);
	CHECK_EQ(left(c, 1), -1);
	go_clock__free(c);
}

/* When in a reading it was seen is not known. */
TEST(readings_that_take_long)
{
	struct go_clock *c = go_clock__new();
	struct goroutine go = waiting(0, 18, 5);
	struct go_stay stay = {0};

	for (uint64_t second = 10; second < 13; second++) {
		go_clock__begin(c, second * SEC);
		stay = go_clock__see(c, &go, 1);
		go_clock__end(c, second * SEC + SEC / 2, true);
	}
	CHECK_EQ(stay.at_least_ns, 2 * SEC - SEC / 2);
	CHECK_EQ(stay.at_most_ns, UINT64_MAX);
	go_clock__free(c);
}

TEST_MAIN
