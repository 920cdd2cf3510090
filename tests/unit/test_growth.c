/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that pile up, and pools that only breathe. */
#include "model/rows/history.h"
#include "model/rows/minute.h"
#include "samples.h"
#include "views/text/text_units.h"

/* Feeds thread counts, one a second; the last report. The model is freed by the caller. */
static const struct interval_report *grow(struct model *m, const uint64_t *threads, size_t count,
					  const struct thread_limits *limits)
{
	static const struct frame frames[] = {{.address = 1, .function = "pthread_create"},
					      {.address = 2, .function = "accept_loop"},
					      {.address = 3, .function = "main"}};
	const struct interval_report *r = NULL;

	for (size_t i = 0; i < count; i++) {
		struct sample *s = sample_at(i + 1);
		struct sample_process *p = add_process(s, 10, threads[i]);

		p->has_limits = limits != NULL;
		if (limits)
			p->limits = *limits;
		s->creators[s->creator_count++] = (struct sample_creator){
			.pid = 10,
			.stack_id = 1,
			.created = threads[i],
			.stack = {.frames = frames, .count = 3, .end = STACK_COMPLETE}};
		r = model__interval(m, s);
	}
	return r;
}

static bool grows(const uint64_t *threads, size_t count)
{
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r = grow(m, threads, count, NULL);
	bool found = find(r->findings, r->finding_count, FINDING_THREAD_GROWTH) != NULL;

	model__free(m);
	return found;
}

TEST(linear_growth)
{
	const struct thread_limits limits = {.pids_cgroup = {200, 300},
					     .nproc = {200, LIMIT_NONE},
					     .system = {200, 100000},
					     .cgroup = "/a/b"};
	uint64_t threads[10];
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r;
	const struct finding *f;

	for (uint64_t i = 0; i < 10; i++)
		threads[i] = 100 + 10 * i;
	r = grow(m, threads, 10, &limits);
	f = find(r->findings, r->finding_count, FINDING_THREAD_GROWTH);
	CHECK(says(f, "gains 10 threads/s (100 -> 190 in 9.0 s)"));
	CHECK(says(f, "created by accept_loop < main (190 of 190 alive)"));
	CHECK(says(f, "pids.max of cgroup /a/b (200 of 300) is reached in about 10.0 s"));
	CHECK(f && f->severity == SEVERITY_CRITICAL);
	CHECK(r->creators[0].growth_per_s > 9.99 && r->creators[0].growth_per_s < 10.01);
	model__free(m);
}

/* Totals of process 10, a second each from 1 on; the last report. */
static const struct interval_report *churn(struct model *m, uint64_t from, uint64_t to, uint64_t per_s)
{
	const struct interval_report *r = NULL;

	for (uint64_t i = from; i <= to; i++) {
		struct sample *s = sample_at(i);
		struct sample_process *p = add_process(s, 10, 7);

		p->created = i < 100 ? i * per_s : 100 * per_s;
		p->exited = i / 10;
		r = model__interval(m, s);
	}
	return r;
}

TEST(the_last_minute)
{
	struct model *m = model_with_base(sample_at(0));
	const struct process_row *p = churn(m, 1, 1, 3)->processes;

	CHECK_EQ(p->minute_ns, NS_PER_S); /* since attach */
	CHECK_EQ(p->minute_created, 3);
	CHECK_EQ(p->minute_exited, 0);
	p = churn(m, 2, 59, 3)->processes;
	CHECK_EQ(p->minute_ns, 59 * NS_PER_S);
	CHECK_EQ(p->minute_created, 59 * 3);
	CHECK_EQ(p->minute_exited, 5);
	for (uint64_t i = 60; i < 100; i++) {
		p = churn(m, i, i, 3)->processes;
		CHECK(p->minute_ns >= 60 * NS_PER_S && p->minute_ns < 65 * NS_PER_S);
		CHECK_EQ(p->minute_created, p->minute_ns / NS_PER_S * 3);
	}
	/* What is over is forgotten. */
	p = churn(m, 100, 170, 3)->processes;
	CHECK_EQ(p->minute_created, 0);
	CHECK_EQ(p->created_total, 300);
	CHECK(p->minute_exited >= 6 && p->minute_exited <= 7);
	model__free(m);
}

/* Of a process that came later, since then; and samples that are far apart. */
TEST(the_last_minute_of_a_later_process)
{
	struct model *m = model_with_base(sample_at(0));
	const struct process_row *p;

	model__interval(m, sample_at(500));
	p = churn(m, 501, 501, 3)->processes;
	CHECK_EQ(p->minute_ns, NS_PER_S);
	CHECK_EQ(p->minute_created, 300);
	p = churn(m, 701, 701, 3)->processes;
	CHECK_EQ(p->minute_ns, 200 * NS_PER_S);
	CHECK_EQ(p->minute_created, 0);
	CHECK_EQ(p->minute_exited, 20);
	p = churn(m, 901, 901, 3)->processes;
	CHECK_EQ(p->minute_ns, 200 * NS_PER_S);
	CHECK_EQ(p->minute_exited, 20);
	model__free(m);
}

/* Of a damaged file. */
TEST(the_last_minute_where_times_do_not_ascend)
{
	struct minute minute = {0};

	for (uint64_t i = 1; i < 500; i++) {
		minute__add(&minute, i * 10 * NS_PER_S, i, i);
		minute__add(&minute, i % 7, i, i);
		CHECK(minute.count <= MINUTE_POINTS);
	}
}

TEST(the_last_minute_in_words)
{
	char text[TEXT_MINUTE];

	CHECK_STR(text_minute(text, 5, 0, 0), "");
	CHECK_STR(text_minute(text, 0, 0, 3 * NS_PER_S), "+0 in 3.0 s");
	CHECK_STR(text_minute(text, 5, 2, 59 * NS_PER_S), "+5 -2 in 59.0 s");
	CHECK_STR(text_minute(text, 0, 0, 60 * NS_PER_S), "+0/min");
	CHECK_STR(text_minute(text, 25, 3, 60 * NS_PER_S), "+25 -3/min");
	CHECK_STR(text_minute(text, 64, 1, 64 * NS_PER_S), "+60 -1/min");
	CHECK_STR(text_minute(text, 64, 1, 3600 * NS_PER_S), "+64 -1 in 1 h 0 min");
}

TEST(the_nearest_limit_is_named)
{
	struct thread_limits limits = {
		.pids_cgroup = {10, 1000000}, .nproc = {50, 100}, .system = {900, 1000}};
	const uint64_t threads[] = {10, 20, 30, 40, 50};
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r = grow(m, threads, 5, &limits);

	CHECK(says(find(r->findings, r->finding_count, FINDING_THREAD_GROWTH),
		   "RLIMIT_NPROC of its user (50 of 100) is reached in about 5.0 s"));
	model__free(m);

	limits = (struct thread_limits){.pids_cgroup = {10, LIMIT_NONE},
					.nproc = {50, LIMIT_NONE},
					.system = {900, 192730},
					.pids = {900, 32768}};
	m = model_with_base(sample_at(0));
	r = grow(m, threads, 5, &limits);
	CHECK(says(find(r->findings, r->finding_count, FINDING_THREAD_GROWTH),
		   "kernel.pid_max (900 of 32768) is reached in about 53 min"));
	model__free(m);

	limits.system.max = 1000; /* of an older file: it has no pid_max */
	limits.pids = (struct thread_limit){0, 0};
	m = model_with_base(sample_at(0));
	r = grow(m, threads, 5, &limits);
	CHECK(says(find(r->findings, r->finding_count, FINDING_THREAD_GROWTH),
		   "kernel.threads-max (900 of 1000) is reached in about 10.0 s"));
	model__free(m);

	limits.nproc.max = 50;
	m = model_with_base(sample_at(0));
	r = grow(m, threads, 5, &limits);
	CHECK(says(find(r->findings, r->finding_count, FINDING_THREAD_GROWTH),
		   "RLIMIT_NPROC of its user (50) is reached"));
	model__free(m);

	m = model_with_base(sample_at(0));
	r = grow(m, threads, 5, NULL);
	CHECK(says(find(r->findings, r->finding_count, FINDING_THREAD_GROWTH), "no thread limit is known"));
	CHECK_EQ(find(r->findings, r->finding_count, FINDING_THREAD_GROWTH)->severity, SEVERITY_WARNING);
	model__free(m);
}

TEST(a_few_threads_far_from_any_limit_are_no_alarm)
{
	const struct thread_limits far = {
		.pids_cgroup = {10, LIMIT_NONE}, .nproc = {10, LIMIT_NONE}, .system = {100, 1000000}};
	const struct thread_limits near = {
		.pids_cgroup = {10, 100}, .nproc = {10, LIMIT_NONE}, .system = {100, 1000000}};
	uint64_t threads[60];
	struct model *m = model_with_base(sample_at(0));
	const struct finding *f;
	const struct interval_report *r;

	for (uint64_t i = 0; i < 60; i++)
		threads[i] = 10 + i / 8;
	r = grow(m, threads, 59, &far);
	f = find(r->findings, r->finding_count, FINDING_THREAD_GROWTH);
	CHECK(says(f, "gains 7.2 threads/min (10 -> 17 in 58.0 s)"));
	CHECK(f && f->severity == SEVERITY_INFO);
	model__free(m);

	/* A limit that could not be read is no evidence of one that is near. */
	m = model_with_base(sample_at(0));
	r = grow(m, threads, 59, NULL);
	f = find(r->findings, r->finding_count, FINDING_THREAD_GROWTH);
	CHECK(says(f, "; no thread limit is known"));
	CHECK(f && f->severity == SEVERITY_INFO);
	model__free(m);

	/* A server that has just started: at this rate its cgroup would be full in a minute. */
	m = model_with_base(sample_at(0));
	for (uint64_t i = 0; i < 5; i++)
		threads[i] = 1 + 2 * i;
	r = grow(m, threads, 5, &near);
	f = find(r->findings, r->finding_count, FINDING_THREAD_GROWTH);
	CHECK(says(f, "gains 2.0 threads/s (1 -> 9 in 4.0 s)"));
	CHECK(f && f->severity == SEVERITY_INFO);
	model__free(m);
}

TEST(one_creator_of_several)
{
	static const struct frame frames[] = {{.address = 1, .function = "accept_loop"}};
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r = NULL;

	for (uint64_t i = 1; i < 10; i++) {
		struct sample *s = sample_at(i);

		add_process(s, 10, 100 + 10 * i);
		for (uint64_t k = 0; k < 5; k++)
			s->creators[s->creator_count++] =
				(struct sample_creator){.pid = 10,
							.stack_id = k + 1,
							.created = 2 * i + (k == 3) * i,
							.stack = {frames, 1, STACK_COMPLETE, STACK_NONE}};
		r = model__interval(m, s);
	}
	CHECK(says(find(r->findings, r->finding_count, FINDING_THREAD_GROWTH),
		   "created by several, among them accept_loop (27 of 27 alive)"));
	model__free(m);
}

TEST(a_pool_that_breathes_does_not_grow)
{
	uint64_t threads[600];
	size_t found = 0;

	for (size_t i = 0; i < 600; i++)
		threads[i] = 10 + (i % 7 < 3 ? 10 : 0) + i % 2;
	for (size_t n = 20; n <= 600; n += 7)
		found += grows(threads, n);
	CHECK_EQ(found, 0);
	for (size_t i = 0; i < 600; i++)
		threads[i] = 50;
	CHECK(!grows(threads, 600));
}

TEST(a_pool_that_grew_once_does_not_grow)
{
	uint64_t threads[300];

	for (size_t i = 0; i < 300; i++)
		threads[i] = i < 5 ? 10 + 10 * i : 60;
	CHECK(grows(threads, 6));
	CHECK(!grows(threads, 30));
	CHECK(!grows(threads, 300));
	for (size_t i = 0; i < 300; i++)
		threads[i] = 300 - i;
	CHECK(!grows(threads, 300));
}

TEST(slow_growth_over_a_long_time)
{
	struct history h = {0};

	for (uint64_t i = 0; i < 10000; i++)
		history__add(&h, i * NS_PER_S, 100 + i / 5);
	CHECK(history__grows(&h));
	CHECK(history__rate(&h) > 0.199 && history__rate(&h) < 0.201);
	CHECK_EQ(h.points[0].time_ns, 0);
	CHECK(history__span_ns(&h) > 9999 * NS_PER_S * 9 / 10);
}

TEST_MAIN
