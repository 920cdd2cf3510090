/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moments of a collector that are no longer at hand: kept as samples, made again, saved. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "feed/past.h"
#include "feed_pipes.h"
#include "feed_writing.h"
#include "model/interval/model.h"
#include "saved_files.h"
#include "thresholds.h"

/* Some 0.75 MB in a report. */
static struct sample *large_sample(uint64_t second)
{
	struct sample *s = sensible_sample(second);

	free(s->threads);
	s->thread_count = 500;
	s->threads = calloc(s->thread_count, sizeof(*s->threads));
	for (size_t i = 0; i < s->thread_count; i++) {
		s->threads[i] = (struct sample_thread){
			.pid = 10, .tid = (pid_t)i + 10, .name = "worker", .state = 'R', .syscall = -1};
		s->threads[i].account.counts[TS_CPU_NS] = second * second * (i + 1);
	}
	return s;
}

static void send_large(struct saved_writer *w, uint64_t second)
{
	struct sample *s = large_sample(second);

	CHECK_EQ(saved_writer__sample(w, s), 0);
	sample__free(s);
}

static void check_same_report(const struct interval_report *a, const struct interval_report *b)
{
	CHECK_EQ(a->time_ns, b->time_ns);
	CHECK_EQ(a->interval_ns, b->interval_ns);
	CHECK_EQ(a->watched_ns, b->watched_ns);
	CHECK_EQ(a->thread_count, b->thread_count);
	CHECK_EQ(a->process_count, b->process_count);
	CHECK_EQ(a->file_count, b->file_count);
	CHECK_EQ(a->lock_count, b->lock_count);
	CHECK_EQ(a->finding_count, b->finding_count);
	for (size_t i = 0; i < a->process_count; i++) {
		CHECK_EQ(a->processes[i].cpu_ns, b->processes[i].cpu_ns);
		CHECK_EQ(a->processes[i].created, b->processes[i].created);
		CHECK_EQ(a->processes[i].fsyncs.count, b->processes[i].fsyncs.count);
	}
	for (size_t i = 0; i < a->lock_count; i++)
		CHECK_EQ(a->locks[i].waits.count, b->locks[i].waits.count);
	for (size_t i = 0; i < a->thread_count && i < b->thread_count; i++) {
		CHECK_EQ(a->threads[i].tid, b->threads[i].tid);
		CHECK_EQ(a->threads[i].counts[TS_CPU_NS], b->threads[i].counts[TS_CPU_NS]);
	}
}

static const struct interval_report *past_report(const struct feed *f, uint64_t number)
{
	for (size_t i = 0; i < feed__past_count(f); i++)
		if (feed__past(f, i)->number == number)
			return feed__past(f, i)->report;
	return NULL;
}

/* That the feed is asked for, against a model that sees the whole run. */
static void check_look(struct feed *f, uint64_t number)
{
	struct model *m = model_with_base(large_sample(0));
	const struct interval_report *r = NULL;

	model__want_logs(m);
	for (uint64_t i = 1; i <= number; i++)
		r = model__interval(m, large_sample(i));
	feed__look_at(f, number);
	TAKE_UNTIL(f, past_report(f, number));
	check_same_report(past_report(f, number), r);
	for (size_t i = 1; i < feed__past_count(f); i++)
		CHECK_EQ(feed__past(f, i)->number, feed__past(f, i - 1)->number + 1);
	model__free(m);
}

TEST(older_moments_of_a_collector_are_made_again)
{
	const uint64_t last = 3 * HISTORY_MOMENTS + 5;
	char path[] = "/tmp/test_feed.XXXXXX";
	struct collector_ends c;
	struct feed *f = feed_of_pipes(&c);
	struct saved_writer *w = NULL;
	uint64_t count = 0;

	CHECK_EQ(saved_writer__new(fdopen(dup(c.samples), "w"), &(struct saved_head){0}, &w), 0);
	for (uint64_t i = 0; i <= last; i++) {
		send_large(w, i);
		TAKE_UNTIL(f, last_number(f) == i);
	}
	CHECK(feed__dropped(f) > 2 * HISTORY_MOMENTS + 3);
	CHECK_EQ(feed__oldest(f), 1);
	/* Over the ends of segments, back, on, and far. */
	check_look(f, 2 * HISTORY_MOMENTS + 2);
	check_look(f, 2 * HISTORY_MOMENTS + 1);
	check_look(f, 2 * HISTORY_MOMENTS);
	check_look(f, 2 * HISTORY_MOMENTS - 1);
	check_look(f, 2 * HISTORY_MOMENTS + 1);
	check_look(f, 1);
	check_look(f, 2);
	check_look(f, HISTORY_MOMENTS + 7);
	/* What is at hand needs nothing. */
	feed__look_at(f, last);
	feed__take(f);
	CHECK_EQ(feed__past_count(f), 0);
	close(mkstemp(path));
	CHECK_EQ(written(f, path, &count), 0);
	CHECK_EQ(count, last);
	check_saved(path, last, large_sample);
	unlink(path);
	saved_writer__close(w);
	end(f, &c);
}

TEST(the_oldest_parts_go)
{
	struct model *m = model_with_base(large_sample(0));
	struct past *p = past__new();
	struct sample *base = large_sample(0);
	struct past_part part;

	past__base(p, false, base);
	sample__free(base);
	CHECK_EQ(past__first(p), 0);
	for (uint64_t i = 1; i <= 2 * HISTORY_MOMENTS + 1; i++)
		past__add(p, model__interval(m, large_sample(i)), i);
	CHECK_EQ(past__first(p), 1);
	CHECK_EQ(past__part(p, HISTORY_MOMENTS + 1, &part), 0);
	CHECK_EQ(part.first, HISTORY_MOMENTS + 1);
	CHECK_EQ(part.count, HISTORY_MOMENTS);
	past_part__free(&part);
	CHECK_EQ(past__part(p, 2 * HISTORY_MOMENTS + 1, &part), 0);
	CHECK_EQ(part.count, 1);
	past_part__free(&part);
	CHECK_EQ(past__part(p, 2 * HISTORY_MOMENTS + 2, &part), -ENODATA);
	past__free(p);
	model__free(m);
}

TEST_MAIN
