/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of a saved file and of a pipe, as the screen's thread gets them. */
#include <poll.h>
#include <unistd.h>

#include "feed/feed.h"
#include "saved_files.h"
#include "thresholds.h"

/* Until a condition holds; everything that is new is taken meanwhile. false: it did not in a minute. */
#define TAKE_UNTIL(f, condition)                                             \
	do {                                                                 \
		struct pollfd fd_ = {feed__fd(f), POLLIN, 0};                \
		int looks_ = 0;                                              \
		for (feed__take(f); !(condition) && looks_ < 60; looks_++) { \
			poll(&fd_, 1, 1000);                                 \
			feed__take(f);                                       \
		}                                                            \
		CHECK(condition);                                            \
	} while (0)

static uint64_t last_number(const struct feed *f)
{
	return feed__count(f) ? feed__moment(f, feed__count(f) - 1)->number : 0;
}

/* count intervals. */
static FILE *file_of(size_t count)
{
	struct sample *list[100];
	struct file file;
	FILE *f = tmpfile();

	for (size_t i = 0; i <= count; i++)
		list[i] = sensible_sample(i);
	file = saved(list, count + 1);
	CHECK_EQ(fwrite(file.bytes, 1, file.size, f), file.size);
	free(file.bytes);
	fflush(f);
	rewind(f);
	return f;
}

static struct feed *feed_of_file(size_t count)
{
	struct feed *f = NULL;

	CHECK_EQ(feed__of_file(file_of(count), &f), 0);
	return f;
}

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

TEST_MAIN
