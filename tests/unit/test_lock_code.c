/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads in functions that wait for a lock which the C library does not know: findings, and ages over
 * reports. */
#include "samples.h"

#include <sys/syscall.h>

#define MS 1000000ull

static const struct frame in_mdl[] = {{.address = 1, .function = "pthread_cond_timedwait"},
				      {.address = 2, .function = "MDL_wait::timed_wait"},
				      {.address = 3, .function = "MDL_context::acquire_lock"},
				      {.address = 4, .function = "open_table"}};
static const struct frame in_spin[] = {{.address = 5, .function = "usleep"},
				       {.address = 6, .function = "spin_lock"},
				       {.address = 7, .function = "take_job"}};
static const struct frame in_pool[] = {{.address = 8, .function = "pthread_cond_wait"},
				       {.address = 9, .function = "next_job"}};

static struct sample_thread *add_at(struct sample *s, pid_t pid, pid_t tid, const struct frame *frames,
				    size_t count, uint64_t ns)
{
	struct sample_thread *t = add_waiter(s, pid, tid, 0, 0);

	t->kind = frames == in_spin ? WAIT_SLEEP : WAIT_CONDVAR;
	t->stack = (struct call_stack){.frames = frames, .count = count, .end = STACK_COMPLETE};
	t->blocked_ns = ns;
	t->age_ns = 1000 * NS_PER_S;
	return t;
}

#define ADD(s, pid, tid, frames, ns) add_at(s, pid, tid, frames, sizeof(frames) / sizeof(*(frames)), ns)

static const struct finding *convoy_of(struct arena *a, struct sample *s)
{
	const struct snapshot_report *r = model__snapshot(a, s, NULL);

	return find(r->findings, r->finding_count, FINDING_LOCK_CONVOY);
}

TEST(threads_in_one_function_of_a_lock)
{
	struct sample *s = sample_at(1);
	const struct finding *f;
	struct arena a = {0};

	add_process(s, 10, 5);
	ADD(s, 10, 11, in_mdl, 3 * NS_PER_S);
	ADD(s, 10, 12, in_mdl, 40 * MS);
	ADD(s, 10, 13, in_pool, 9 * NS_PER_S);
	ADD(s, 10, 14, in_pool, 9 * NS_PER_S);
	f = convoy_of(&a, s);
	CHECK(says(f, "2 threads wait, the longest for at least 3.0 s, for a metadata lock "
		      "(MDL_context::acquire_lock): worker (11)"));
	CHECK_EQ(f ? f->tid_count : 0, 2);
	CHECK(f && f->severity == SEVERITY_WARNING);
	s->threads[0].blocked_ns = 900 * MS;
	f = convoy_of(&a, s);
	CHECK(f && f->severity == SEVERITY_INFO);
	s->threads[0].blocked_ns = NS_PER_S;
	f = convoy_of(&a, s);
	CHECK(f && f->severity == SEVERITY_WARNING);
	s->threads[0].blocked_ns = s->threads[1].blocked_ns = 5 * MS;
	CHECK(!convoy_of(&a, s));
	arena__free(&a);
	sample__free(s);
}

static const struct frame in_sleep[] = {{.address = 1, .function = "WaitLatch"},
					{.address = 2, .function = "ProcSleep"},
					{.address = 3, .function = "LockAcquireExtended"}};

static void behind(struct sample *s, struct sample_thread *t, pid_t holder)
{
	s->links = s->links ? s->links : calloc(4, sizeof(*s->links));
	s->links[s->link_count++] = (struct sample_link){.role = LINK_HOLDS_DATABASE,
							 .state = LINK_BLOCKED,
							 .pid = holder,
							 .tid = holder,
							 .name = "postgres: idle in transaction",
							 .threads = 1,
							 .one_of = true,
							 .syscall = SYS_epoll_wait,
							 .since_ns = 9 * NS_PER_S};
	t->link = s->link_count;
}

/* One cause for most of them. */
TEST(who_is_at_the_end_of_their_chains)
{
	struct sample *s = sample_at(1);
	const struct finding *f;
	struct arena a = {0};

	add_process(s, 10, 1);
	add_process(s, 20, 1);
	add_process(s, 30, 1);
	behind(s, ADD(s, 10, 10, in_sleep, 5 * NS_PER_S), 77);
	behind(s, ADD(s, 20, 20, in_sleep, 4 * NS_PER_S), 88);
	behind(s, ADD(s, 30, 30, in_sleep, 3 * NS_PER_S), 88);
	f = convoy_of(&a, s);
	CHECK(says(f, "; 2 of them behind postgres: idle in transaction (88), which has been in epoll_wait "
		      "for 9.0 s"));
	s->links[0].pid = s->links[0].tid = 88;
	CHECK(says(convoy_of(&a, s),
		   "; all of them behind postgres: idle in transaction (88), which has been in "));
	s->link_count = 0;
	CHECK(!says(convoy_of(&a, s), "of them behind"));
	arena__free(&a);
	sample__free(s);
}

/* Of several processes; the longest wait first, then by TID. */
TEST(threads_of_one_place_are_together)
{
	static const pid_t order[] = {14, 13, 21, 30};
	struct sample *s = sample_at(1);
	const struct finding *f;
	struct arena a = {0};

	add_process(s, 10, 6);
	add_process(s, 20, 2);
	ADD(s, 10, 12, in_spin, 2 * NS_PER_S);
	ADD(s, 10, 13, in_mdl, 3 * NS_PER_S);
	ADD(s, 10, 14, in_mdl, 4 * NS_PER_S);
	ADD(s, 10, 15, in_spin, 3 * NS_PER_S);
	ADD(s, 10, 30, in_mdl, 2 * NS_PER_S);
	ADD(s, 20, 21, in_mdl, 2 * NS_PER_S);
	f = convoy_of(&a, s);
	CHECK(says(f, "4 threads wait, the longest for at least 4.0 s, for a metadata lock "
		      "(MDL_context::acquire_lock): worker (14), worker (13), worker (21) and 1 more"));
	CHECK_EQ(f ? f->tid_count : 0, 4);
	for (size_t i = 0; f && i < f->tid_count; i++)
		CHECK_EQ(f->tids[i], order[i]);
	arena__free(&a);
	sample__free(s);
}

TEST(one_thread_is_stuck)
{
	struct sample *s = sample_at(1);
	const struct snapshot_report *r;
	const struct finding *f;
	struct arena a = {0};

	add_process(s, 10, 2);
	ADD(s, 10, 11, in_mdl, 3 * NS_PER_S);
	ADD(s, 10, 12, in_pool, 9 * NS_PER_S);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 1);
	f = find(r->findings, r->finding_count, FINDING_STUCK_THREAD);
	CHECK(says(f,
		   "worker (11) has waited at least 3.0 s for a metadata lock (MDL_context::acquire_lock)"));
	CHECK(f && f->severity == SEVERITY_WARNING);
	arena__free(&a);
	sample__free(s);
}

TEST(a_name_is_weaker_evidence)
{
	struct sample *s = sample_at(1);
	const struct finding *f;
	struct arena a = {0};

	add_process(s, 10, 2);
	ADD(s, 10, 11, in_spin, 3 * NS_PER_S);
	ADD(s, 10, 12, in_spin, 2 * NS_PER_S);
	f = convoy_of(&a, s);
	CHECK(says(f, "2 threads wait, the longest for at least 3.0 s, in spin_lock: worker (11)"));
	CHECK(f && f->severity == SEVERITY_INFO);
	/* One has gone on since: a queue that moves. */
	s->threads[0].blocked_ns = 11 * NS_PER_S;
	f = convoy_of(&a, s);
	CHECK(f && f->severity == SEVERITY_INFO);
	s->threads[1].blocked_ns = 10 * NS_PER_S;
	f = convoy_of(&a, s);
	CHECK(f && f->severity == SEVERITY_WARNING);
	arena__free(&a);
	sample__free(s);
}

static struct sample *three(uint64_t second, uint64_t ns, uint64_t switches)
{
	struct sample *s = sample_at(second);

	add_process(s, 10, 3);
	for (pid_t tid = 11; tid <= 12; tid++) {
		ADD(s, 10, tid, in_mdl, ns)->account.counts[TS_VOLUNTARY] = second * switches;
		s->threads[s->thread_count - 1].account.counts[TS_CPU_NS] = second * switches * 30000;
	}
	ADD(s, 10, 13, in_spin, 40000)->account.counts[TS_VOLUNTARY] = second * 9000;
	ADD(s, 10, 14, in_spin, 30000)->account.counts[TS_VOLUNTARY] = second * 9000;
	return s;
}

static const struct thread_row *row_of(const struct interval_report *r, pid_t tid)
{
	for (size_t i = 0; i < r->thread_count; i++)
		if (r->threads[i].tid == tid)
			return &r->threads[i];
	return NULL;
}

/* It wakes up each second to look, and has done nothing else since the first report. */
TEST(waits_with_timeouts_are_one_wait)
{
	struct model *m = model_with_base(three(0, 300 * MS, 1));
	const struct interval_report *r = NULL;
	const struct finding *f;

	for (uint64_t second = 1; second <= 4; second++)
		r = model__interval(m, three(second, 300 * MS, 1));
	CHECK_EQ(row_of(r, 11)->wait.duration_ns, 3300 * MS);
	CHECK(row_of(r, 11)->wait.at_least);
	CHECK_EQ(row_of(r, 11)->wait.seen_ns, 3 * NS_PER_S);
	f = find(r->findings, r->finding_count, FINDING_LOCK_CONVOY);
	CHECK(says(f, "2 threads wait, the longest for at least 3.3 s, for a metadata lock"));
	CHECK(f && f->severity == SEVERITY_WARNING);
	model__free(m);
}

/* Whether one that runs between two waits has had its lock is not known. */
TEST(short_waits_again_and_again_are_no_age)
{
	struct model *m = model_with_base(three(0, 300 * MS, 50));
	const struct interval_report *r = NULL;
	bool reported = false;

	for (uint64_t second = 1; second <= 4; second++)
		r = model__interval(m, three(second, 300 * MS, 50));
	CHECK_EQ(row_of(r, 11)->wait.duration_ns, 300 * MS);
	CHECK_EQ(row_of(r, 13)->wait.duration_ns, 40000);
	CHECK_EQ(row_of(r, 13)->wait.seen_ns, 3 * NS_PER_S);
	for (size_t i = 0; i < r->finding_count; i++)
		reported = reported ||
			   says(&r->findings[i], "2 threads wait again and again in spin_lock, 2 of them "
						 "have been found there for 3.0 s: worker (13)");
	CHECK(reported);
	for (size_t i = 0; i < r->finding_count; i++)
		CHECK(r->findings[i].severity == SEVERITY_INFO);
	model__free(m);
}

TEST_MAIN
