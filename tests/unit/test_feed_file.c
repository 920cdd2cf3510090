/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of a saved file, as the screen's thread gets them. */
#include "feed_files.h"

TEST(a_file_stands_at_its_first_moment)
{
	struct feed *f = feed_of_file(3);

	TAKE_UNTIL(f, feed__count(f) == 1);
	CHECK_EQ(feed__state(f), FEED_RUNNING);
	CHECK_EQ(last_number(f), 1);
	CHECK_EQ(feed__moment(f, 0)->realtime_ns, 1001 * NS_PER_S);
	CHECK_EQ(feed__dropped(f), 0);
	CHECK(!feed__take(f));
	feed__close(f);
}

TEST(a_file_is_stepped_through_in_both_directions)
{
	struct feed *f = feed_of_file(9);

	CHECK_EQ(feed__step(f, 4), 0);
	TAKE_UNTIL(f, last_number(f) == 5);
	CHECK_EQ(feed__count(f), 5);
	feed__step(f, -2);
	TAKE_UNTIL(f, last_number(f) == 3);
	CHECK_EQ(feed__state(f), FEED_RUNNING);
	feed__step(f, -100);
	TAKE_UNTIL(f, last_number(f) == 1);
	feed__step(f, 100);
	TAKE_UNTIL(f, feed__state(f) == FEED_OVER);
	CHECK_EQ(last_number(f), 9);
	CHECK_STR(feed__message(f), "");
	feed__step(f, -1);
	TAKE_UNTIL(f, last_number(f) == 8);
	CHECK_EQ(feed__state(f), FEED_RUNNING);
	feed__close(f);
}

TEST(a_file_plays_at_its_pace)
{
	struct feed *f = feed_of_file(20);

	CHECK_EQ(feed__request(f, &(struct feed_request){.wish = FEED_INTERVAL, .interval_ns = 1000000}), 0);
	TAKE_UNTIL(f, feed__state(f) == FEED_OVER);
	CHECK_EQ(last_number(f), 20);
	CHECK_EQ(feed__request(f, &(struct feed_request){.wish = FEED_SNAPSHOT}), -ENOTSUP);
	feed__close(f);
}

TEST(a_run_that_goes_on_has_the_reports_of_the_whole)
{
	struct model *whole = model_with_base(sensible_sample(0)), *part = model__new();
	const struct interval_report *a, *b;

	model__continue(part, 1000 * NS_PER_S);
	model__interval(whole, sensible_sample(1));
	CHECK(!model__interval(part, sensible_sample(1)));
	a = model__interval(whole, sensible_sample(2));
	b = model__interval(part, sensible_sample(2));
	CHECK_EQ(b->watched_ns, a->watched_ns);
	CHECK_EQ(b->interval_ns, a->interval_ns);
	CHECK_EQ(b->file_count, a->file_count);
	CHECK_EQ(b->processes[0].fsyncs.count, a->processes[0].fsyncs.count);
	CHECK_EQ(b->locks[0].waits.count, a->locks[0].waits.count);
	model__free(whole);
	model__free(part);
}

TEST_MAIN
