/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An interval's locks, percentiles, processes and creators. */
#include "samples.h"

#include <sys/syscall.h>

static void add_waits(struct sample *s, const struct ts_latency *waits, uint64_t wait_ns)
{
	struct sample_lock *l;

	add_process(s, 10, 1);
	l = add_lock(s, 10, 0x1000, 0x1000);
	l->waits = *waits;
	l->wait_ns = wait_ns;
}

TEST(a_process_that_has_the_PID_of_one_that_ended_begins_at_zero)
{
	struct sample *s = sample_at(0);
	const struct interval_report *r;
	struct model *m;

	add_process(s, 10, 1)->created = 9;
	s->processes[0].ended = true;
	m = model_with_base(s);
	s = sample_at(1);
	add_process(s, 10, 1)->created = 12;
	r = model__interval(m, s);
	CHECK_EQ(r->processes[0].created, 12);
	model__free(m);
}

TEST(another_collector_begins_anew)
{
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r;
	struct sample *s = sample_at(1);

	add_process(s, 10, 1)->created = 9;
	CHECK_EQ(model__interval(m, s)->processes[0].created, 9);
	s = sample_at(5);
	s->restarts = 1;
	CHECK(!model__interval(m, s));
	s = sample_at(6);
	s->restarts = 1;
	add_process(s, 10, 1)->created = 3;
	r = model__interval(m, s);
	CHECK_EQ(r->cost.restarts, 1);
	CHECK_EQ(r->processes[0].created, 3);
	CHECK_EQ(r->watched_ns, r->interval_ns);
	model__free(m);
}

TEST(percentiles_are_of_the_interval)
{
	struct model *m = model_with_base(sample_at(0));
	struct ts_latency waits = {0};
	const struct interval_report *r;
	struct sample *s = sample_at(1);

	count_wait(&waits, 1, 1000, 99);
	count_wait(&waits, 1, 1000000, 1);
	add_waits(s, &waits, 1099000);
	r = model__interval(m, s);
	CHECK_EQ(r->lock_count, 1);
	CHECK_EQ(r->locks[0].waits.count, 100);
	CHECK_EQ(r->locks[0].waits.p50_ns, 992); /* middle of 960 .. 1024 */
	CHECK_EQ(r->locks[0].waits.p99_ns, 992);
	CHECK_EQ(r->locks[0].waits.max_ns, 1000000);
	CHECK_EQ(r->locks[0].wait_ns, 1099000);

	/* The largest since attach is not of this interval. */
	count_wait(&waits, 2, 2000, 9);
	count_wait(&waits, 2, 2100, 1);
	s = sample_at(2);
	add_waits(s, &waits, 1119100);
	r = model__interval(m, s);
	CHECK_EQ(r->locks[0].waits.count, 10);
	CHECK_EQ(r->locks[0].waits.p50_ns, 1984);
	CHECK_EQ(r->locks[0].waits.max_ns, 2100);
	CHECK_EQ(r->locks[0].wait_ns, 20100);

	/* Nor is that of two intervals ago, in the same slot; what the next one began with is. */
	count_wait(&waits, 4, 1500, 1);
	count_wait(&waits, 5, 1600, 1);
	s = sample_at(4);
	add_waits(s, &waits, 1119100);
	r = model__interval(m, s);
	CHECK_EQ(r->locks[0].waits.count, 2);
	CHECK_EQ(r->locks[0].waits.max_ns, 1600);
	CHECK_EQ(r->processes[0].futex.max_ns, 1600);

	/* Nothing happened: no row. */
	s = sample_at(5);
	add_waits(s, &waits, 1119100);
	r = model__interval(m, s);
	CHECK_EQ(r->lock_count, 0);
	CHECK_EQ(r->processes[0].futex.count, 0);
	CHECK_EQ(r->processes[0].futex.max_ns, 0);
	model__free(m);
}

TEST(buckets_that_wrap)
{
	struct model *m = model_with_base(sample_at(0));
	struct ts_latency waits = {0};
	const struct interval_report *r;
	struct sample *s = sample_at(1);
	uint32_t bucket = hist_bucket(1000);

	waits.buckets[bucket] = UINT32_MAX - 1;
	waits.max_ns = 1000;
	add_waits(s, &waits, 0);
	r = model__interval(m, s);
	CHECK_EQ(r->locks[0].waits.count, UINT32_MAX - 1);
	waits.buckets[bucket] += 5;
	waits.interval_max[0] = 2ull << TS_MAX_NS_BITS | 1000;
	s = sample_at(2);
	add_waits(s, &waits, 0);
	r = model__interval(m, s);
	CHECK_EQ(r->locks[0].waits.count, 5);
	CHECK_EQ(r->locks[0].waits.max_ns, 1000);
	model__free(m);
}

TEST(a_wait_in_flight_counts_with_its_age)
{
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r;
	struct ts_latency waits = {0};

	for (uint64_t i = 1; i <= 3; i++) {
		struct sample *s = sample_at(i);

		add_waits(s, &waits, i * NS_PER_S);
		add_waiter(s, 10, 11, 0x1000, 0)->blocked_ns = i * NS_PER_S;
		r = model__interval(m, s);
		CHECK_EQ(r->lock_count, 1);
		CHECK_EQ(r->locks[0].waits.count, 1);
		CHECK_EQ(r->locks[0].waits.max_ns, i * NS_PER_S);
		/* Of the time it waited only that within the interval. */
		CHECK_EQ(r->locks[0].wait_ns, NS_PER_S);
		CHECK_EQ(r->processes[0].futex_wait_ns, NS_PER_S);
		CHECK_EQ(r->locks[0].waiter_count, 1);
		CHECK_EQ(r->threads[0].wait.lock, 0);
	}
	model__free(m);
}

TEST(a_row_that_the_kernel_dropped_begins_anew)
{
	struct model *m = model_with_base(sample_at(0));
	struct ts_latency waits = {0};
	const struct interval_report *r;
	struct sample *s = sample_at(1);

	count_wait(&waits, 1, 1000, 50);
	add_waits(s, &waits, 50000);
	s->locks[0].evicted = true;
	model__interval(m, s);
	memset(&waits, 0, sizeof(waits));
	count_wait(&waits, 2, 2000, 3);
	s = sample_at(2);
	add_waits(s, &waits, 6000);
	r = model__interval(m, s);
	CHECK_EQ(r->locks[0].waits.count, 3);
	CHECK_EQ(r->locks[0].wait_ns, 6000);
	model__free(m);
}

TEST(words_of_a_condition_variable_are_one_lock)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	const struct interval_report *r;

	add_process(s, 10, 3);
	for (uint64_t word = 0x2010; word <= 0x2018; word += 8) {
		struct sample_lock *l = add_lock(s, 10, 0x2000, word);

		l->kind = LOCK_CONDVAR;
		l->wait_ns = 700;
		count_wait(&l->waits, 1, 1000, 2);
	}
	add_lock(s, 10, 0x3000, 0x3000)->wait_ns = 10;
	add_waiter(s, 10, 11, 0x2010, 0);
	add_waiter(s, 10, 12, 0x2018, 0);
	add_waiter(s, 10, 13, 0x3000, 0);
	r = model__interval(m, s);
	CHECK_EQ(r->lock_count, 2);
	CHECK_EQ(r->locks[0].address, 0x2000);
	CHECK_EQ(r->locks[0].words_from, 0x2010);
	CHECK_EQ(r->locks[0].words_to, 0x2018);
	CHECK_EQ(r->locks[0].wait_ns, 1400);
	CHECK_EQ(r->locks[0].waits.count, 6); /* 4 ended, 2 in flight */
	CHECK_EQ(r->locks[0].waiter_count, 2);
	CHECK_EQ(r->locks[1].waiter_count, 1);
	CHECK_EQ(r->processes[0].futex.count, 7);
	CHECK_EQ(r->processes[0].futex_wait_ns, 1410);
	model__free(m);
}

/* As musl's, with another lock's word between them. */
TEST(words_that_are_far_apart_are_one_lock)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	const struct interval_report *r;

	add_process(s, 10, 3);
	add_lock(s, 10, 0x2000, 0x7000)->wait_ns = 700;
	add_lock(s, 10, 0x8000, 0x8000)->wait_ns = 10;
	add_lock(s, 10, 0x2000, 0x9000)->wait_ns = 800;
	add_waiter(s, 10, 11, 0x7000, 0);
	add_waiter(s, 10, 12, 0x9000, 0);
	add_waiter(s, 10, 13, 0x8000, 0);
	r = model__interval(m, s);
	CHECK_EQ(r->lock_count, 2);
	CHECK_EQ(r->locks[0].address, 0x2000);
	CHECK_EQ(r->locks[0].wait_ns, 1500);
	CHECK_EQ(r->locks[0].waiter_count, 2);
	CHECK_EQ(r->locks[0].waiters[0] + r->locks[0].waiters[1], 11 + 12);
	CHECK_EQ(r->locks[1].waiter_count, 1);
	for (size_t i = 0; i < 3; i++)
		CHECK_EQ(r->threads[i].wait.lock, r->threads[i].tid == 13);
	model__free(m);
}

TEST(idle_waits_are_no_waits_for_locks)
{
	static const enum lock_kind KINDS[] = {LOCK_MUTEX, LOCK_CONDVAR, LOCK_FUTEX, LOCK_JOIN};
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	const struct process_row *p;

	add_process(s, 10, 4);
	for (int i = 0; i < 4; i++) {
		add_lock(s, 10, 0x2000 + 0x100u * (unsigned)i, 0x2000 + 0x100u * (unsigned)i)->kind =
			KINDS[i];
		s->locks[i].owner_tid = KINDS[i] == LOCK_JOIN ? 20 : 0;
		add_waiter(s, 10, 11 + i, 0x2000 + 0x100u * (unsigned)i, 0)->blocked_ns = 1000000u << i;
	}
	p = &model__interval(m, s)->processes[0];
	CHECK_EQ(p->futex.count, 4);
	CHECK_EQ(p->futex.max_ns, 8000000);
	CHECK_EQ(p->lock_waits.count, 1);
	CHECK_EQ(p->lock_waits.max_ns, 1000000);
	model__free(m);
}

TEST(created_and_exited_are_of_the_interval)
{
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r = NULL;

	for (uint64_t i = 1; i <= 2; i++) {
		struct sample *s = sample_at(i);
		struct sample_process *p = add_process(s, 10, 3);
		struct sample_thread *t = add_thread(s, 10, 10);

		p->created = 10 * i;
		p->exited = 9 * i;
		t->account.counts[TS_CPU_NS] = i * 300;
		t->age_ns = i * NS_PER_S * 100;
		add_waiter(s, 10, 11, 0x1000, 0);
		r = model__interval(m, s);
	}
	CHECK_EQ(r->processes[0].created, 10);
	CHECK_EQ(r->processes[0].exited, 9);
	CHECK_EQ(r->processes[0].created_total, 20);
	CHECK_EQ(r->processes[0].exited_total, 18);
	CHECK_EQ(r->processes[0].running, 1);
	CHECK_EQ(r->processes[0].blocked, 1);
	CHECK_EQ(r->processes[0].cpu_ns, 300);
	CHECK_EQ(r->interval_ns, NS_PER_S);
	CHECK_EQ(r->watched_ns, 2 * NS_PER_S);
	model__free(m);
}

TEST(cpu_time_of_the_first_interval_is_since_the_first_sample)
{
	const struct interval_report *r = NULL;
	struct model *m = NULL;

	for (uint64_t i = 0; i < 2; i++) {
		struct sample *s = sample_at(i);
		struct sample_thread *t;

		add_process(s, 10, 1);
		t = add_thread(s, 10, 10);
		t->account.counts[TS_CPU_NS] = 7000 + i * 300;
		t->age_ns = (i + 100) * NS_PER_S;
		if (!i)
			m = model_with_base(s);
		else
			r = model__interval(m, s);
	}
	CHECK_EQ(r->processes[0].cpu_ns, 300);
	model__free(m);
}

/* It ends between the reading of the sum and its own. */
TEST(a_thread_that_ends_unseen_is_not_counted_from_its_start)
{
	static const uint64_t alive[] = {5000, 5100, 0, 0}, ended[] = {700, 700, 700, 700 + 5130};
	static const uint64_t gained[] = {0, 100, 0, 30};
	struct model *m = NULL;

	for (uint64_t i = 0; i < 4; i++) {
		struct sample *s = sample_at(i);
		struct sample_thread *t;

		add_process(s, 10, alive[i] ? 2 : 1);
		t = add_thread(s, 10, 10);
		t->account.ended_cpu_ns = ended[i];
		t->age_ns = (i + 100) * NS_PER_S;
		if (alive[i]) {
			t = add_thread(s, 10, 11);
			t->account.counts[TS_CPU_NS] = alive[i];
			t->age_ns = (i + 100) * NS_PER_S;
		}
		if (!i)
			m = model_with_base(s);
		else
			CHECK_EQ(model__interval(m, s)->processes[0].cpu_ns, gained[i]);
	}
	model__free(m);
}

/* A thread that was there, one that was created in the interval, and one that was not seen before. */
TEST(switches_are_of_the_interval)
{
	const struct interval_report *r = NULL;
	struct model *m = NULL;

	for (uint64_t i = 0; i < 3; i++) {
		struct sample *s = sample_at(i);

		add_process(s, 10, 3);
		for (pid_t tid = 11; tid <= 13 && (tid == 11 || i == 2); tid++) {
			struct sample_thread *t = add_thread(s, 10, tid);

			t->age_ns = tid == 12 ? NS_PER_S / 2 : (i + 100) * NS_PER_S;
			t->account.counts[TS_VOLUNTARY] = 1000 + i * i * 7;
			t->account.counts[TS_INVOLUNTARY] = 500 + i * i * 3;
		}
		if (!i)
			m = model_with_base(s);
		else
			r = model__interval(m, s);
	}
	CHECK_EQ(r->thread_count, 3);
	CHECK_EQ(r->threads[0].counts[TS_VOLUNTARY], 21);
	CHECK_EQ(r->threads[0].counts[TS_INVOLUNTARY], 9);
	CHECK_EQ(r->threads[1].counts[TS_VOLUNTARY], 1028);
	CHECK_EQ(r->threads[1].counts[TS_INVOLUNTARY], 512);
	CHECK_EQ(r->threads[2].counts[TS_VOLUNTARY], 0);
	CHECK_EQ(r->threads[2].counts[TS_INVOLUNTARY], 0);
	model__free(m);
}

TEST(a_creator_with_more_exits_than_creations_has_none_alive)
{
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r = NULL;

	for (uint64_t i = 1; i <= 2; i++) {
		struct sample *s = sample_at(i);

		add_process(s, 10, 1);
		s->creators[s->creator_count++] =
			(struct sample_creator){.pid = 10, .stack_id = 1, .created = 4, .exited = 4 + i - 1};
		r = model__interval(m, s);
	}
	CHECK_EQ(r->creators[0].alive, 0);
	CHECK(r->creators[0].growth_per_s == 0);
	model__free(m);
}

TEST(what_it_costs)
{
	struct sample *base = sample_at(0), *now = sample_at(2);
	struct model *m = model_with_base(base);
	const struct interval_report *r;

	now->cpu_ns = 50;
	now->rss_bytes = 4096;
	now->bpf_ns_per_s = 3000000;
	r = model__interval(m, now);
	CHECK_EQ(r->cost.wall_ns, 2 * NS_PER_S);
	CHECK_EQ(r->cost.cpu_ns, 50);
	CHECK_EQ(r->cost.rss_bytes, 4096);
	CHECK_EQ(r->cost.bpf_ns, 6000000);
	r = model__interval(m, sample_at(3)); /* less than before: another program, or none */
	CHECK_EQ(r->cost.cpu_ns, 0);
	CHECK(r->cost.bpf_ns == UINT64_MAX);
	now = sample_at(4);
	now->bpf_ns_per_s = UINT64_MAX - 1; /* more than any machine has, and than arithmetic takes */
	r = model__interval(m, now);
	CHECK(r->cost.bpf_ns == UINT64_MAX);
	model__free(m);
}

TEST_MAIN
