/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that pile up, and pools that only breathe. */
#include "model/rows/history.h"
#include "samples.h"

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
