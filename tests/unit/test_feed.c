/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of a pipe, as the screen's thread gets them. */
#include <unistd.h>

#include "feed_pipes.h"
#include "saved_files.h"
#include "thresholds.h"

/* A collector's stream: a look if asked for, samples from 0 on, and its end. */
static struct file stream_of(size_t count, bool look, bool ended)
{
	struct saved_writer *w = NULL;
	struct file file = {0};

	CHECK_EQ(saved_writer__new(open_memstream(&file.bytes, &file.size), &(struct saved_head){0}, &w), 0);
	if (look) {
		struct sample *s = sensible_sample(0);

		CHECK_EQ(saved_writer__note(w, &(struct saved_note){.look = true}), 0);
		CHECK_EQ(saved_writer__sample(w, s), 0);
		sample__free(s);
	}
	for (size_t i = 0; i < count; i++) {
		struct sample *s = sensible_sample(i);

		s->processes[0].ended = ended && i + 1 == count;
		s->processes[0].exit_known = s->processes[0].ended;
		s->processes[0].exit_code = s->processes[0].ended ? SIGKILL : 0;
		CHECK_EQ(saved_writer__sample(w, s), 0);
		sample__free(s);
	}
	if (ended)
		CHECK_EQ(saved_writer__note(w, &(struct saved_note){.end = true}), 0);
	saved_writer__close(w);
	return file;
}

static void send_bytes(int fd, const char *bytes, size_t size)
{
	CHECK_EQ(write(fd, bytes, size), (ssize_t)size);
}

TEST(a_first_look_is_no_base_line)
{
	struct collector_ends c;
	struct feed *f = feed_of_pipes(&c);
	struct file file = stream_of(3, true, true);

	send_bytes(c.samples, file.bytes, file.size);
	close_end(&c.samples);
	TAKE_UNTIL(f, feed__state(f) == FEED_OVER);
	CHECK_EQ(feed__count(f), 3);
	CHECK_EQ(feed__moment(f, 0)->report->interval_ns, 0);
	CHECK_EQ(feed__moment(f, 1)->report->interval_ns, NS_PER_S);
	CHECK_EQ(feed__moment(f, 2)->report->watched_ns, 2 * NS_PER_S);
	CHECK_STR(feed__message(f), "app (10) ended: killed by SIGKILL");
	CHECK_EQ(feed__status(f), 0);
	end(f, &c);
	free(file.bytes);
}

TEST(targets_that_end_after_the_first_look)
{
	struct collector_ends c;
	struct feed *f = feed_of_pipes(&c);
	struct file file = stream_of(1, true, true);

	send_bytes(c.samples, file.bytes, file.size);
	close_end(&c.samples);
	TAKE_UNTIL(f, feed__state(f) == FEED_OVER);
	CHECK_EQ(feed__count(f), 1);
	CHECK_STR(feed__message(f), "all targets have ended");
	end(f, &c);
	free(file.bytes);
}

/* Wherever it is cut, it is broken there, and what came before stays. */
TEST(a_stream_that_is_cut_is_broken)
{
	struct file file = stream_of(3, false, false);

	for (size_t size = 0; size <= file.size; size += size < 200 ? 50 : file.size / 11) {
		struct collector_ends c;
		struct feed *f = feed_of_pipes(&c);

		send_bytes(c.samples, file.bytes, size);
		close_end(&c.samples);
		TAKE_UNTIL(f, feed__state(f) == FEED_BROKEN);
		CHECK_STR(feed__message(f), "the collector has died");
		CHECK(feed__count(f) <= 2);
		end(f, &c);
	}
	free(file.bytes);
}

TEST(a_stream_that_is_damaged_is_broken_or_another_one)
{
	struct file file = stream_of(3, true, true);
	unsigned random = 1;

	for (int i = 0; i < 200; i++) {
		struct collector_ends c;
		struct feed *f = feed_of_pipes(&c);
		char *copy = malloc(file.size);

		memcpy(copy, file.bytes, file.size);
		for (int k = 0; k < 3; k++)
			copy[next_random(&random) % file.size] ^= (char)(1 << next_random(&random) % 8);
		send_bytes(c.samples, copy, file.size);
		close_end(&c.samples);
		TAKE_UNTIL(f, feed__state(f) == FEED_BROKEN || feed__state(f) == FEED_OVER);
		end(f, &c);
		free(copy);
	}
	free(file.bytes);
}

TEST(a_silent_pipe_does_not_hold_up_the_end)
{
	struct collector_ends c;
	struct feed *f = feed_of_pipes(&c);
	struct file file = stream_of(3, false, false);

	CHECK_EQ(feed__state(f), FEED_STARTING);
	send_bytes(c.samples, file.bytes, file.size - 100);
	TAKE_UNTIL(f, feed__count(f) == 1);
	CHECK_EQ(feed__state(f), FEED_RUNNING);
	TAKE_UNTIL(f, feed__state(f) == FEED_SILENT);
	send_bytes(c.samples, file.bytes + file.size - 100, 100);
	TAKE_UNTIL(f, feed__state(f) == FEED_RUNNING && feed__count(f) == 2);
	end(f, &c);
	free(file.bytes);
}

TEST(complaints_come_a_line_at_a_time)
{
	struct collector_ends c;
	struct feed *f = feed_of_pipes(&c);

	send_bytes(c.messages, "threadscope: one\nthreadscope: tw", 32);
	TAKE_UNTIL(f, !strcmp(feed__message(f), "one"));
	send_bytes(c.messages, "o\n", 2);
	TAKE_UNTIL(f, !strcmp(feed__message(f), "two"));
	for (int i = 0; i < 100; i++)
		send_bytes(c.messages, "a line that is longer than the room for one, if it is never ended, ",
			   67);
	close_end(&c.messages);
	TAKE_UNTIL(f, !strncmp(feed__message(f), "a line", 6));
	end(f, &c);
}

TEST(requests_do_not_block)
{
	struct feed_request r = {.wish = FEED_SNAPSHOT, .pid = 10}, got;
	struct collector_ends c;
	struct feed *f = feed_of_pipes(&c);
	int err, count = 0;

	while (!(err = feed__request(f, &r)) && count < 1000000)
		count++;
	CHECK_EQ(err, -EAGAIN);
	CHECK_EQ(read(c.requests, &got, sizeof(got)), sizeof(got));
	CHECK(got.wish == FEED_SNAPSHOT && got.pid == 10);
	close_end(&c.requests);
	CHECK_EQ(feed__request(f, &r), -EPIPE);
	CHECK_EQ(feed__step(f, 1), -ENOTSUP);
	end(f, &c);
}

TEST(a_snapshot_is_handed_over)
{
	struct collector_ends c;
	struct feed *f = feed_of_pipes(&c);
	struct saved_writer *w = NULL;
	struct sample *s = sensible_sample(5);
	uint64_t when = 0;

	CHECK_EQ(saved_writer__new(fdopen(dup(c.snapshots), "w"), &(struct saved_head){.snapshot = true}, &w),
		 0);
	for (int i = 0; i < 2; i++) {
		CHECK_EQ(saved_writer__snapshot(w, &(struct saved_snapshot){.number = 1, .of = 1}), 0);
		CHECK_EQ(saved_writer__sample(w, s), 0);
		TAKE_UNTIL(f, feed__snapshot(f, &when) != NULL);
		CHECK_EQ(when, 1005 * NS_PER_S);
		CHECK_EQ(feed__snapshot(f, &when)->thread_count, 3);
	}
	saved_writer__close(w);
	sample__free(s);
	end(f, &c);
}

/* ---- what is kept -------------------------------------------------------------------------------- */

/* 20,000 threads of their own name take some 30 MB in a report. */
static void send_large(struct saved_writer *w, uint64_t second)
{
	struct sample *s = sensible_sample(second);

	free(s->threads);
	s->thread_count = 5000;
	s->threads = calloc(s->thread_count, sizeof(*s->threads));
	for (size_t i = 0; i < s->thread_count; i++)
		s->threads[i] = (struct sample_thread){
			.pid = 10, .tid = (pid_t)i + 10, .name = "worker", .state = 'R', .syscall = -1};
	CHECK_EQ(saved_writer__sample(w, s), 0);
	sample__free(s);
}

TEST(the_newest_moments_that_fit_are_kept)
{
	struct collector_ends c;
	struct feed *f = feed_of_pipes(&c);
	struct saved_writer *w = NULL;
	size_t bytes = 0;

	CHECK_EQ(saved_writer__new(fdopen(dup(c.samples), "w"), &(struct saved_head){0}, &w), 0);
	for (uint64_t i = 0; i <= 20; i++) {
		send_large(w, i);
		TAKE_UNTIL(f, last_number(f) == i);
	}
	for (size_t i = 0; i < feed__count(f); i++)
		bytes += interval_report__bytes(feed__moment(f, i)->report);
	CHECK(feed__count(f) >= 2 && feed__count(f) < 20);
	CHECK(feed__count(f) == 2 || bytes <= FEED_BYTES);
	CHECK_EQ(feed__dropped(f), 20 - feed__count(f));
	CHECK_EQ(feed__moment(f, 0)->number, 21 - feed__count(f));
	/* A screen that does not take anything keeps nothing more. */
	for (uint64_t i = 21; i <= 40; i++)
		send_large(w, i);
	TAKE_UNTIL(f, last_number(f) == 40);
	CHECK(feed__dropped(f) + feed__count(f) == 40);
	saved_writer__close(w);
	end(f, &c);
}

TEST_MAIN
