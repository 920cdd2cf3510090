/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a feed keeps, written to a file. */
#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "feed_files.h"
#include "feed_writing.h"

TEST(what_is_saved_are_the_samples_that_came)
{
	char path[] = "/tmp/test_feed.XXXXXX";
	struct feed *f = feed_of_file(6);
	uint64_t count;

	close(mkstemp(path));
	feed__step(f, 4);
	TAKE_UNTIL(f, last_number(f) == 5);
	CHECK_EQ(written(f, path, &count), 0);
	CHECK_EQ(count, 5);
	check_saved(path, 5, sensible_sample);
	feed__close(f);
	unlink(path);
}

/* The file is what there was when it began, whatever becomes of the feed. */
TEST(the_feed_may_be_closed_meanwhile)
{
	char path[] = "/tmp/test_feed.XXXXXX";
	struct feed *f = feed_of_file(6);
	struct writing *w = NULL;
	struct writing_state state;

	close(mkstemp(path));
	feed__step(f, 5);
	TAKE_UNTIL(f, last_number(f) == 6);
	CHECK_EQ(feed__write(f, path, &w), 0);
	CHECK_STR(writing__path(w), path);
	feed__leave(f);
	state = wait_for(w);
	CHECK_EQ(state.err, 0);
	CHECK_EQ(state.written, 6);
	writing__close(w);
	check_saved(path, 6, sensible_sample);
	unlink(path);
}

TEST(what_cannot_be_written_says_why)
{
	struct feed *f = feed_of_file(6);
	uint64_t count;

	TAKE_UNTIL(f, last_number(f) == 1);
	CHECK_EQ(written(f, "/tmp/no/such/folder/file", &count), -ENOENT);
	CHECK_EQ(count, 0);
	CHECK_EQ(written(f, "/dev/full", &count), -EPERM); /* not a file of ours */
	feed__close(f);
}

/* A limit on the size of files is as a disk that is full: some of it is there, and can be replayed. */
TEST(a_disk_that_is_full)
{
	char path[] = "/tmp/test_feed.XXXXXX";
	struct rlimit before, limit;
	struct feed *f = feed_of_file(60);
	struct saved_reader *r = NULL;
	struct saved_head h;
	struct sample *s;
	struct stat st;
	uint64_t count, readable = 0;
	FILE *in;

	signal(SIGXFSZ, SIG_IGN);
	close(mkstemp(path));
	feed__step(f, 59);
	TAKE_UNTIL(f, last_number(f) == 60);
	CHECK_EQ(written(f, path, &count), 0);
	CHECK_EQ(count, feed__count(f));
	CHECK(!stat(path, &st) && !getrlimit(RLIMIT_FSIZE, &before));
	limit = (struct rlimit){(rlim_t)st.st_size * 3 / 4, before.rlim_max};
	CHECK(!setrlimit(RLIMIT_FSIZE, &limit));
	CHECK_EQ(written(f, path, &count), -EFBIG);
	CHECK(!setrlimit(RLIMIT_FSIZE, &before));
	CHECK(count > 0 && count < feed__count(f));
	in = fopen(path, "re");
	CHECK_EQ(saved_reader__open(in, &h, &r), 0);
	while (!saved_reader__sample(r, &s)) {
		sample__free(s);
		readable++;
	}
	CHECK(readable >= count + 1); /* with the base line */
	saved_reader__close(r);
	fclose(in);
	feed__close(f);
	unlink(path);
}

TEST(nothing_to_write)
{
	struct collector_ends c;
	struct feed *f = feed_of_pipes(&c);
	struct writing *w = NULL;

	CHECK_EQ(feed__write(f, "/tmp/never", &w), -ENODATA);
	CHECK(!w);
	end(f, &c);
}

TEST(one_that_is_left_ends_by_itself)
{
	char path[] = "/tmp/test_feed.XXXXXX";
	struct feed *f = feed_of_file(60);
	struct writing *w = NULL;
	struct writing_state state;

	close(mkstemp(path));
	feed__step(f, 59);
	TAKE_UNTIL(f, last_number(f) == 60);
	CHECK_EQ(feed__write(f, path, &w), 0);
	writing__stop(w);
	state = wait_for(w);
	CHECK(state.err == -ECANCELED || state.written == state.wanted);
	writing__close(w);
	CHECK_EQ(feed__write(f, path, &w), 0);
	writing__close(w); /* at once */
	feed__close(f);
	unlink(path);
}

TEST_MAIN
