/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model, fed with samples made by hand: every number in a report is one that can be worked out. */
#include <errno.h>
#include <fnmatch.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "model/growth.h"
#include "model/model.h"
#include "model/wait.h"
#include "probes/glob.h"
#include "sample/saved.h"
#include "test.h"
#include "util/histogram.h"

#define NS_PER_S 1000000000ull
#define ROOM     64 /* of each list of a sample made here */

/* ---- samples ----------------------------------------------------------------- */

static struct sample *sample_at(uint64_t seconds)
{
	struct sample *s = calloc(1, sizeof(*s));

	s->now_ns = s->time_ns = (seconds + 1000) * NS_PER_S;
	s->epoch = seconds;
	s->bpf_ns_per_s = UINT64_MAX;
	s->processes = calloc(ROOM, sizeof(*s->processes));
	s->threads = calloc(ROOM, sizeof(*s->threads));
	s->creators = calloc(ROOM, sizeof(*s->creators));
	s->locks = calloc(ROOM, sizeof(*s->locks));
	s->files = calloc(ROOM, sizeof(*s->files));
	s->kernel = "6.1";
	s->arch = "x86_64";
	s->exe = "/srv/demo/app";
	s->cmdline = ARENA_NEW(&s->arena, char *, 1);
	return s;
}

static struct sample_process *add_process(struct sample *s, pid_t pid, uint64_t threads)
{
	struct sample_process *p = &s->processes[s->process_count++];

	*p = (struct sample_process){.pid = pid, .comm = "app", .threads = threads};
	return p;
}

static struct sample_thread *add_thread(struct sample *s, pid_t pid, pid_t tid)
{
	struct sample_thread *t = &s->threads[s->thread_count++];

	*t = (struct sample_thread){
		.pid = pid, .tid = tid, .ns_tid = tid, .name = "worker", .state = 'R', .syscall = -1};
	return t;
}

static struct sample_thread *add_waiter(struct sample *s, pid_t pid, pid_t tid, uint64_t word, pid_t owner)
{
	struct sample_thread *t = add_thread(s, pid, tid);

	t->state = 'S';
	t->blocked = true;
	t->blocked_ns = 2 * NS_PER_S;
	t->kind = WAIT_MUTEX;
	t->syscall = wait__futex_syscall();
	t->lock_address = word;
	t->blocked_by = owner;
	t->stack.end = "complete";
	return t;
}

static struct sample_lock *add_lock(struct sample *s, pid_t pid, uint64_t address, uint64_t word)
{
	struct sample_lock *l = &s->locks[s->lock_count++];

	*l = (struct sample_lock){.pid = pid, .address = address, .word = word, .kind = "mutex"};
	return l;
}

static struct ts_file_key file_key(pid_t pid)
{
	return (struct ts_file_key){.tgid = (uint32_t)pid, .dev = 1, .inode = 7, .kind = TS_FILE_REGULAR};
}

static struct sample_file *add_file(struct sample *s, pid_t pid)
{
	struct sample_file *f = &s->files[s->file_count++];

	*f = (struct sample_file){.key = file_key(pid), .path = "/srv/demo/log"};
	return f;
}

static void add_writer(struct sample *s, pid_t pid, pid_t tid, enum ts_io_kind kind, uint64_t age_ns)
{
	struct sample_thread *t = add_thread(s, pid, tid);

	t->io_kind = kind;
	t->io_age_ns = age_ns;
	t->io_file = file_key(pid);
}

/* As the kernel side counts. */
static void count_wait(struct ts_latency *l, uint64_t epoch, uint64_t ns, int times)
{
	uint64_t stamped = epoch << TS_MAX_NS_BITS | ns;

	for (int i = 0; i < times; i++)
		histogram__add(l->buckets, ns);
	if (ns > l->max_ns)
		l->max_ns = ns;
	if (stamped > l->interval_max[epoch & 1])
		l->interval_max[epoch & 1] = stamped;
}

static struct model *model_with_base(struct sample *base)
{
	struct model *m = model__new();

	CHECK(!model__interval(m, base));
	return m;
}

/* ---- calls on files ------------------------------------------------------------- */

struct io_step {
	int ended;     /* writes ended since attach */
	int in_flight; /* now */
	int begun;     /* what the interval must say */
};

/* One row of a process of one file; the file row is kept only if there is something to say. */
static void run_io(const struct io_step *steps, size_t count, int base_in_flight)
{
	struct sample *s = sample_at(0);
	struct model *m;
	uint64_t sum = 0;

	add_process(s, 10, 1);
	add_file(s, 10);
	for (int i = 0; i < base_in_flight; i++)
		add_writer(s, 10, 100 + i, TS_IO_WRITE, 5000);
	m = model_with_base(s);
	for (size_t i = 0; i < count; i++) {
		const struct interval_report *r;

		s = sample_at(i + 1);
		add_process(s, 10, 1);
		count_wait(&add_file(s, 10)->totals.writes, 1, 1000, steps[i].ended);
		for (int k = 0; k < steps[i].in_flight; k++)
			add_writer(s, 10, 100 + k, TS_IO_WRITE, 5000);
		r = model__interval(m, s);
		CHECK_EQ(r->processes[0].writes.count, steps[i].begun);
		/* A call that only ends in it has its bytes there, so there is a row. */
		CHECK_EQ(r->file_count, steps[i].begun || steps[i].in_flight ||
						steps[i].ended > (i ? steps[i - 1].ended : 0));
		if (r->file_count) {
			CHECK_EQ(r->files[0].writes.count, steps[i].begun);
			CHECK_EQ(r->files[0].in_flight, steps[i].in_flight);
			CHECK_EQ(r->files[0].oldest_in_flight_ns, steps[i].in_flight ? 5000 : 0);
		}
		sum += r->processes[0].writes.count;
	}
	CHECK_EQ(sum, steps[count - 1].ended + steps[count - 1].in_flight);
	model__free(m);
}

TEST(a_call_in_flight_is_counted_once)
{
	static const struct io_step steps[] = {{3, 1, 4}, {5, 0, 1}, {5, 2, 2}, {5, 2, 0}, {7, 0, 0}};

	run_io(steps, sizeof(steps) / sizeof(steps[0]), 0);
}

TEST(the_first_interval_has_what_was_in_flight_before)
{
	static const struct io_step steps[] = {{1, 0, 1}, {1, 0, 0}};
	static const struct io_step stuck[] = {{0, 1, 1}, {0, 1, 0}, {1, 0, 0}};

	run_io(steps, 2, 1);
	run_io(stuck, 3, 1);
}

TEST(a_call_seen_on_both_sides_is_owed)
{
	/* It ended between the pass and the totals: both have it. */
	static const struct io_step steps[] = {{1, 1, 2}, {1, 0, 0}, {2, 0, 0}, {3, 0, 1}};
	static const struct io_step more[] = {{3, 3, 6}, {4, 0, 0}, {5, 1, 0}, {9, 0, 3}};

	run_io(steps, 4, 0);
	run_io(more, 4, 0);
}

TEST(bytes_and_errors_are_of_the_interval)
{
	struct sample *s = sample_at(0);
	struct model *m = model_with_base(s);
	const struct interval_report *r;
	struct sample_file *f;

	for (uint64_t i = 1; i <= 2; i++) {
		s = sample_at(i);
		add_process(s, 10, 1);
		f = add_file(s, 10);
		count_wait(&f->totals.writes, i, 1000, (int)(10 * i));
		count_wait(&f->totals.syncs, i, 1000, (int)i);
		f->totals.bytes = 1000 * i * i;
		f->totals.errors = i;
		f->totals.short_writes = 2 * i;
		f->totals.writers = 3;
		r = model__interval(m, s);
	}
	CHECK_EQ(r->file_count, 1);
	CHECK_EQ(r->files[0].bytes, 3000);
	CHECK_EQ(r->files[0].errors, 1);
	CHECK_EQ(r->files[0].short_writes, 2);
	CHECK_EQ(r->files[0].fsyncs.count, 1);
	CHECK(r->files[0].append);
	CHECK_EQ(r->processes[0].write_bytes, 3000);
	model__free(m);
}

/* Keys of files are ordered as bytes, processes as numbers. */
TEST(every_process_has_its_files)
{
	static const pid_t pids[] = {255, 256, 65536, 70000};
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	const struct interval_report *r;
	size_t count = sizeof(pids) / sizeof(pids[0]);

	for (size_t i = 0; i < count; i++)
		add_process(s, pids[i], 1);
	/* 0x10000, 0x100, 0x11170, 0xff by their bytes in little-endian order */
	count_wait(&add_file(s, 65536)->totals.writes, 1, 1000, 3);
	count_wait(&add_file(s, 256)->totals.writes, 1, 1000, 2);
	count_wait(&add_file(s, 70000)->totals.writes, 1, 1000, 4);
	count_wait(&add_file(s, 255)->totals.writes, 1, 1000, 1);
	r = model__interval(m, s);
	CHECK_EQ(r->file_count, count);
	for (size_t i = 0; i < r->process_count; i++)
		for (size_t k = 0; k < count; k++)
			if (r->processes[i].pid == pids[k])
				CHECK_EQ(r->processes[i].writes.count, k + 1);
	model__free(m);
}

/* ---- percentiles and maxima ---------------------------------------------------------- */

static void add_waits(struct sample *s, const struct ts_latency *waits, uint64_t wait_ns)
{
	struct sample_lock *l;

	add_process(s, 10, 1);
	l = add_lock(s, 10, 0x1000, 0x1000);
	l->waits = *waits;
	l->wait_ns = wait_ns;
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

		l->kind = "condvar";
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

/* ---- processes and threads -------------------------------------------------------------- */

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
		t->cpu_ns = i * 300;
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

/* The two counters are not read at one instant. */
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

/* ---- growth --------------------------------------------------------------------------------- */

static const struct finding *find(const struct finding *list, size_t count, const char *kind)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i].kind, kind))
			return &list[i];
	return NULL;
}

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
			.pid = 10, .stack_id = 1, .created = threads[i], .stack = {frames, 3, "complete"}};
		r = model__interval(m, s);
	}
	return r;
}

static bool grows(const uint64_t *threads, size_t count)
{
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r = grow(m, threads, count, NULL);
	bool found = find(r->findings, r->finding_count, "thread-growth") != NULL;

	model__free(m);
	return found;
}

static bool says(const struct finding *f, const char *text)
{
	if (f && strstr(f->summary, text))
		return true;
	printf("# %s\n", f ? f->summary : "no finding");
	return false;
}

TEST(linear_growth)
{
	const struct thread_limits limits = {
		.pids_cgroup = {200, 300}, .nproc = {200, LIMIT_NONE}, .system = {200, 100000}};
	uint64_t threads[10];
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r;
	const struct finding *f;

	for (uint64_t i = 0; i < 10; i++)
		threads[i] = 100 + 10 * i;
	r = grow(m, threads, 10, &limits);
	f = find(r->findings, r->finding_count, "thread-growth");
	CHECK(says(f, "grow by 10.0 a second, from 100 to 190 in 9.0 s"));
	CHECK(says(f, "made by accept_loop < main (190 alive of 190)"));
	CHECK(says(f, "pids.max of its cgroup (200 of 300) is reached in about 10.0 s"));
	CHECK_STR(f ? f->severity : "", "critical");
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

	CHECK(says(find(r->findings, r->finding_count, "thread-growth"),
		   "RLIMIT_NPROC of its user (50 of 100) is reached in about 5.0 s"));
	model__free(m);

	limits.nproc.max = 50;
	m = model_with_base(sample_at(0));
	r = grow(m, threads, 5, &limits);
	CHECK(says(find(r->findings, r->finding_count, "thread-growth"),
		   "RLIMIT_NPROC of its user (50) is reached"));
	model__free(m);

	m = model_with_base(sample_at(0));
	r = grow(m, threads, 5, NULL);
	CHECK(says(find(r->findings, r->finding_count, "thread-growth"),
		   "no limit on threads is known to be near"));
	CHECK_STR(find(r->findings, r->finding_count, "thread-growth")->severity, "warning");
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

/* ---- deadlocks --------------------------------------------------------------------------------- */

static struct sample *locked(void)
{
	struct sample *s = sample_at(1);

	add_process(s, 10, 4);
	return s;
}

TEST(deadlock_of_two_and_one_behind)
{
	struct sample *s = locked();
	struct arena a = {0};
	struct snapshot_report *r;
	const struct finding *f;

	add_lock(s, 10, 0x1000, 0x1000)->owner_tid = 11;
	add_lock(s, 10, 0x2000, 0x2000)->owner_tid = 12;
	add_thread(s, 10, 10);
	add_waiter(s, 10, 11, 0x2000, 12);
	add_waiter(s, 10, 12, 0x1000, 11);
	add_waiter(s, 10, 13, 0x1000, 11);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->deadlock_count, 1);
	CHECK_EQ(r->deadlocks[0].count, 2);
	CHECK_EQ(r->deadlocks[0].tids[0], 11);
	CHECK_EQ(r->deadlocks[0].tids[1], 12);
	CHECK_EQ(r->locks[r->deadlocks[0].locks[0]].address, 0x2000);
	CHECK_EQ(r->locks[r->deadlocks[0].locks[1]].address, 0x1000);
	CHECK_EQ(r->locks[0].waiter_count, 2);
	CHECK_EQ(r->locks[0].waiters[0], 12);
	CHECK_EQ(r->locks[0].waiters[1], 13);
	f = find(r->findings, r->finding_count, "deadlock");
	CHECK(says(f, "deadlock of 2 threads"));
	CHECK_STR(f ? f->severity : "", "critical");
	CHECK(f == r->findings); /* before all that is less severe */
	arena__free(&a);
	sample__free(s);
}

TEST(the_one_behind_comes_first)
{
	struct sample *s = locked();
	struct arena a = {0};
	struct snapshot_report *r;

	for (pid_t i = 0; i < 3; i++)
		add_lock(s, 10, 0x1000u + 0x100u * (unsigned)i, 0x1000u + 0x100u * (unsigned)i)->owner_tid =
			12 + i;
	add_waiter(s, 10, 11, 0x1100, 13); /* behind */
	add_waiter(s, 10, 12, 0x1100, 13);
	add_waiter(s, 10, 13, 0x1200, 14);
	add_waiter(s, 10, 14, 0x1000, 12);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->deadlock_count, 1);
	CHECK_EQ(r->deadlocks[0].count, 3);
	for (size_t i = 0; r->deadlock_count && i < 3; i++) {
		pid_t next = r->deadlocks[0].tids[(i + 1) % 3];

		CHECK(r->deadlocks[0].tids[i] != 11);
		CHECK_EQ(r->locks[r->deadlocks[0].locks[i]].owner_tid, next);
	}
	arena__free(&a);
	sample__free(s);
}

TEST(threads_that_wait_for_themselves)
{
	struct sample *s = locked();
	struct arena a = {0};
	struct snapshot_report *r;
	const struct finding *f;

	for (unsigned i = 0; i < 9; i++) {
		add_lock(s, 10, 0x1000 + 0x100 * i, 0x1000 + 0x100 * i)->owner_tid = 11 + (pid_t)i;
		add_waiter(s, 10, 11 + (pid_t)i, 0x1000 + 0x100 * i, 11 + (pid_t)i);
	}
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->deadlock_count, 9);
	for (size_t i = 0; i < r->deadlock_count; i++) {
		CHECK_EQ(r->deadlocks[i].count, 1);
		CHECK_EQ(r->deadlocks[i].tids[0], 11 + i);
		CHECK_EQ(r->deadlocks[i].locks[0], i);
	}
	f = find(r->findings, r->finding_count, "deadlock");
	CHECK(says(f, "deadlock of one thread: worker (11) waits for"));
	CHECK(says(f, "which it holds itself"));
	arena__free(&a);
	sample__free(s);
}

TEST(an_owner_that_is_not_there)
{
	struct sample *s = locked();
	struct arena a = {0};
	struct snapshot_report *r;

	add_lock(s, 10, 0x1000, 0x1000)->owner_tid = 999;
	add_waiter(s, 10, 11, 0x1000, 999);
	add_waiter(s, 10, 12, 0x1000, 11)->lock_address = 0x5000; /* a lock that is not there */
	add_waiter(s, 10, 13, 0x1000, 0);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->deadlock_count, 0);
	CHECK_EQ(r->locks[0].owner_tid, 999);
	CHECK_EQ(r->locks[0].waiter_count, 2);
	CHECK_EQ(r->threads[0].wait.blocked_by, 999);
	CHECK(r->threads[1].wait.lock == NO_INDEX);
	CHECK(says(find(r->findings, r->finding_count, "long-wait"), "999"));
	arena__free(&a);
	sample__free(s);
}

/* ---- groups --------------------------------------------------------------------------------------- */

TEST(equal_stacks_are_one_group)
{
	static const struct frame one[] = {{.address = 1, .function = "lock"},
					   {.address = 2, .function = "main"}};
	static const struct frame two[] = {{.address = 1, .function = "lock"},
					   {.address = 3, .function = "main"}};
	struct sample *s = locked();
	struct arena a = {0};
	struct snapshot_report *r;

	add_lock(s, 10, 0x1000, 0x1000);
	add_lock(s, 10, 0x2000, 0x2000);
	for (pid_t i = 0; i < 6; i++) {
		struct sample_thread *t = add_waiter(s, 10, 11 + i, i == 4 ? 0x2000 : 0x1000, 0);

		t->stack = (struct call_stack){i % 2 ? two : one, 2, "complete"};
		t->blocked_ns = (uint64_t)(i + 1) * NS_PER_S;
	}
	s->threads[5].stack.count = 1; /* a prefix is another stack */
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->group_count, 3);
	CHECK_EQ(r->groups[0].count, 3);
	CHECK_EQ(r->groups[0].tids[0], 11);
	CHECK_EQ(r->groups[0].tids[2], 15);
	CHECK_EQ(r->groups[0].shortest_ns, NS_PER_S);
	CHECK_EQ(r->groups[0].longest_ns, 5 * NS_PER_S);
	CHECK(r->groups[0].mixed);
	CHECK_STR(r->groups[0].wait, "mutex");
	CHECK_EQ(r->groups[1].count, 2);
	CHECK(!r->groups[1].mixed);
	CHECK_EQ(r->groups[1].tids[0], 12);
	CHECK_EQ(r->groups[2].count, 1);
	arena__free(&a);
	sample__free(s);
}

/* ---- waits ----------------------------------------------------------------------------------------- */

static enum wait_kind kind_under(const char *innermost, const char *next, const char *outer)
{
	const struct frame frames[] = {{.address = 1, .function = innermost},
				       {.address = 2, .function = next},
				       {.address = 3, .function = outer},
				       {.address = 4}};
	const uint64_t args[6] = {0};
	const struct wait_evidence e = {
		.state = 'S', .syscall = SYS_futex, .args = args, .frames = frames, .frame_count = 4};

	return wait__classify(&e);
}

TEST(futex_waits_by_their_frames)
{
	static const struct {
		const char *frames[3];
		enum wait_kind kind;
	} CASES[] = {
		/* glibc 2.36, Debian 12 */
		{{"__GI___lll_lock_wait", "___pthread_mutex_lock", "log_line"}, WAIT_MUTEX},
		{{"__futex_abstimed_wait_common64", "__futex_abstimed_wait_common", "___pthread_cond_wait"},
		 WAIT_CONDVAR},
		{{"__futex_abstimed_wait_common", "__pthread_cond_wait_common",
		  "___pthread_cond_timedwait64"},
		 WAIT_CONDVAR},
		{{"__GI___lll_lock_wait", "___pthread_mutex_cond_lock", "___pthread_cond_wait"}, WAIT_MUTEX},
		{{"__lll_lock_wait", "__GI___pthread_mutex_cond_lock", "__pthread_cond_wait"}, WAIT_MUTEX},
		{{"__GI___futex_abstimed_wait64", "___pthread_rwlock_rdlock", "reader"}, WAIT_RWLOCK_READ},
		{{NULL, "__GI___pthread_rwlock_wrlock", "writer"}, WAIT_RWLOCK_WRITE},
		{{NULL, "___pthread_rwlock_clockwrlock64", "writer"}, WAIT_RWLOCK_WRITE},
		{{NULL, "___pthread_mutex_timedlock64", "f"}, WAIT_MUTEX},
		{{NULL, "__pthread_clockjoin_ex", "main"}, WAIT_JOIN},
		{{NULL, "___pthread_join", "main"}, WAIT_JOIN},
		{{NULL, "___pthread_barrier_wait", "f"}, WAIT_BARRIER},
		{{"do_futex_wait", "__new_sem_wait_slow64", "sem_wait"}, WAIT_SEMAPHORE},
		{{NULL, "__new_sem_wait", "f"}, WAIT_SEMAPHORE},
		{{NULL, "sem_timedwait@@GLIBC_2.34", "f"}, WAIT_SEMAPHORE},
		{{NULL, "__cnd_wait", "f"}, WAIT_CONDVAR},
		{{NULL, "mtx_lock", "f"}, WAIT_MUTEX},
		/* musl 1.2 */
		{{"__timedwait_cp", "pthread_cond_timedwait", "f"}, WAIT_CONDVAR},
		{{"__timedwait", "__pthread_mutex_timedlock", "f"}, WAIT_MUTEX},
		{{"__timedwait", "__pthread_rwlock_timedrdlock", "f"}, WAIT_RWLOCK_READ},
		{{"__timedwait_cp", "__pthread_timedjoin_np", "main"}, WAIT_JOIN},
		{{"__timedwait_cp", "sem_timedwait", "f"}, WAIT_SEMAPHORE},
		/* not the C library's */
		{{"runtime.futex", "runtime.futexsleep", "runtime.notesleep"}, WAIT_FUTEX},
		{{"my_pthread_mutex_lock", "wait_for_sem_wait", "main"}, WAIT_FUTEX},
		{{NULL, NULL, NULL}, WAIT_FUTEX},
	};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		enum wait_kind kind = kind_under(CASES[i].frames[0], CASES[i].frames[1], CASES[i].frames[2]);

		if (kind != CASES[i].kind)
			printf("# %s < %s\n", CASES[i].frames[1], CASES[i].frames[2]);
		CHECK_STR(wait_kind__name(kind), wait_kind__name(CASES[i].kind));
	}
}

TEST(a_futex_deep_below_a_lock_is_not_its)
{
	struct frame frames[8] = {{.function = "a"},           {.function = "b"}, {.function = "c"},
				  {.function = "d"},           {.function = "e"}, {.function = "f"},
				  {.function = "pthread_join"}};
	const uint64_t args[6] = {0};
	struct wait_evidence e = {
		.state = 'S', .syscall = SYS_futex, .args = args, .frames = frames, .frame_count = 7};

	CHECK_EQ(wait__classify(&e), WAIT_FUTEX);
	e.frames = frames + 1;
	e.frame_count = 6;
	CHECK_EQ(wait__classify(&e), WAIT_JOIN);
	e.frames = NULL;
	e.frame_count = 0;
	CHECK_EQ(wait__classify(&e), WAIT_FUTEX);
}

TEST(waits_by_their_system_call)
{
	static const struct {
		char state;
		long syscall;
		enum wait_kind kind;
		int fd;
	} CASES[] = {
		{'S', SYS_write, WAIT_WRITE, 7},
		{'D', SYS_pwritev2, WAIT_WRITE, 7},
		{'D', SYS_fsync, WAIT_FSYNC, 7},
		{'D', SYS_fdatasync, WAIT_FSYNC, 7},
		{'D', SYS_msync, WAIT_FSYNC, -1},
		{'S', SYS_read, WAIT_READ, 7},
		{'S', SYS_recvmsg, WAIT_READ, 7},
		{'S', SYS_ppoll, WAIT_POLL, -1},
		{'S', SYS_epoll_pwait, WAIT_POLL, 7},
		{'S', SYS_clock_nanosleep, WAIT_SLEEP, -1},
		{'S', SYS_accept4, WAIT_ACCEPT, 7},
		{'S', SYS_connect, WAIT_CONNECT, 7},
		{'S', SYS_wait4, WAIT_CHILD, -1},
		{'S', SYS_waitid, WAIT_CHILD, -1},
		{'S', SYS_rt_sigtimedwait, WAIT_SIGNAL, -1},
		{'S', SYS_getpid, WAIT_OTHER, -1},
		{'D', -1, WAIT_PAGE_FAULT, -1},
		{'S', -1, WAIT_OTHER, -1},
		{'T', SYS_write, WAIT_STOPPED, 7},
		{'t', -1, WAIT_STOPPED, -1},
		{'S', 100000, WAIT_OTHER, -1},
	};
	const uint64_t args[6] = {7};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		struct wait_evidence e = {.state = CASES[i].state, .syscall = CASES[i].syscall, .args = args};

		CHECK_STR(wait_kind__name(wait__classify(&e)), wait_kind__name(CASES[i].kind));
		CHECK_EQ(wait__descriptor(&e), CASES[i].fd);
	}
	CHECK_STR(syscall_name(SYS_futex), "futex");
	CHECK(!syscall_name(-1));
	CHECK(!syscall_name(100000));
}

static bool timed(long syscall, int index, uint64_t value, uint64_t operation)
{
	uint64_t args[6] = {0};
	struct wait_evidence e = {.state = 'S', .syscall = syscall, .args = args};

	args[1] = operation;
	args[index] = value;
	return wait__timed(&e);
}

TEST(time_outs)
{
	CHECK(timed(SYS_futex, 3, 0x7000, FUTEX_WAIT | FUTEX_PRIVATE_FLAG));
	CHECK(!timed(SYS_futex, 3, 0, FUTEX_WAIT | FUTEX_PRIVATE_FLAG));
	CHECK(timed(SYS_futex, 3, 0x7000, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME));
	CHECK(timed(SYS_futex, 3, 0x7000, FUTEX_LOCK_PI));
	CHECK(!timed(SYS_futex, 3, 7, FUTEX_CMP_REQUEUE)); /* there it is a count */
	CHECK(timed(449, 3, 0x7000, 0));                   /* futex_waitv */
	CHECK(!timed(449, 3, 0, 0));
	CHECK(timed(455, 4, 0x7000, 0)); /* futex_wait */
	CHECK(timed(SYS_nanosleep, 0, 0, 0));
	CHECK(timed(SYS_clock_nanosleep, 0, 0, 0));
	CHECK(timed(SYS_ppoll, 2, 0x7000, 0));
	CHECK(!timed(SYS_ppoll, 2, 0, 0));
	CHECK(timed(SYS_epoll_pwait, 3, 100, 0));
	CHECK(timed(SYS_epoll_pwait, 3, 0, 0));
	CHECK(!timed(SYS_epoll_pwait, 3, UINT32_MAX, 0)); /* -1 in the lower half */
	CHECK(!timed(SYS_epoll_pwait, 3, UINT64_MAX, 0));
	CHECK(!timed(SYS_read, 3, 100, 0));
	CHECK(!timed(SYS_accept4, 3, 100, 0));
	CHECK(!timed(-1, 3, 100, 0));
}

/* ---- globs -------------------------------------------------------------------------------------------- */

static void check_glob(const char *glob, const char *name)
{
	struct glob_automaton a = {0};
	int want = !fnmatch(glob, name, 0), got;

	CHECK_EQ(glob_automaton__add(&a, glob), 0);
	got = glob_automaton__matches(&a, name, strlen(name));
	if (got != want)
		printf("# '%s' on '%s'\n", glob, name);
	CHECK_EQ(got, want);
}

TEST(globs_match_as_fnmatch_does)
{
	static const char *const GLOBS[] = {"",         "*",
					    "**",       "?",
					    "??*",      "nginx",
					    "nginx*",   "*nginx",
					    "*n*x*",    "n?inx",
					    "[a-n]*",   "[!a-n]*",
					    "[^n]*",    "[]x]*",
					    "[!]]*",    "[a-]*",
					    "[-a]*",    "[n]ginx",
					    "*[0-9]",   "[z-a]*",
					    "\\*",      "a\\?b",
					    "a*b*c",    "a**b",
					    "*a?",      "*ab*ab",
					    "[ab][cd]", "?*?",
					    "\\[a]",    "x]",
					    "[\\]a]*",  "[a\\-z]*",
					    "[!\\]]*",  "*\\\\*",
					    "*[*?]*",   "kworker/?:*",
					    "\xc3*",    "[\x80-\xff]*",
					    "*/*",      "a\\",
					    "\\",       "*\\",
					    "*.log"};
	static const char *const NAMES[] = {"",         "n",
					    "nginx",    "nginx-1",
					    "xnginx",   "nxinx",
					    "a",        "b",
					    "ab",       "abc",
					    "aXbYc",    "abab",
					    "*",        "a?b",
					    "a*b",      "]",
					    "]x",       "-",
					    "-a",       "0",
					    "x9",       "[a]",
					    "x]",       "\\",
					    "a\\b",     "kworker/0:1",
					    "\xc3\xa4", "\xff",
					    "a/b",      ".log",
					    "x.log",    "ac",
					    "bd",       "zzzzzzzzzzzzzzz",
					    "\\]"};

	for (size_t g = 0; g < sizeof(GLOBS) / sizeof(GLOBS[0]); g++)
		for (size_t n = 0; n < sizeof(NAMES) / sizeof(NAMES[0]); n++)
			check_glob(GLOBS[g], NAMES[n]);
}

/* The same every time: a small generator of our own. */
static unsigned next_random(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

TEST(random_globs)
{
	static const char *const PARTS[] = {"*",    "?",   "a",     "b",  "[ab]", "[!a]",
					    "[^b]", "\\*", "[a-c]", "ab", "**",   "[]b]"};
	static const char LETTERS[] = "abc*]";
	unsigned state = 7;

	for (int i = 0; i < 20000; i++) {
		char glob[64] = "", name[16] = "";
		unsigned parts = next_random(&state) % 7, letters = next_random(&state) % 9;

		for (unsigned k = 0; k < parts; k++)
			strcat(glob, PARTS[next_random(&state) % (sizeof(PARTS) / sizeof(PARTS[0]))]);
		for (unsigned k = 0; k < letters; k++)
			name[k] = LETTERS[next_random(&state) % 5];
		check_glob(glob, name);
	}
}

TEST(several_globs_at_once)
{
	struct glob_automaton a = {0}, full = {0};
	char text[80];

	CHECK_EQ(glob_automaton__add(&a, "my*"), 0);
	CHECK_EQ(glob_automaton__add(&a, "*sql"), 0);
	CHECK_EQ(glob_automaton__add(&a, ""), 0);
	CHECK_EQ(glob_automaton__add(&a, "x?"), 0);
	CHECK(glob_automaton__matches(&a, "mysqld", 6));
	CHECK(glob_automaton__matches(&a, "psql", 4));
	CHECK(glob_automaton__matches(&a, "", 0));
	CHECK(glob_automaton__matches(&a, "xy", 2));
	CHECK(!glob_automaton__matches(&a, "x", 1));
	CHECK(!glob_automaton__matches(&a, "xyz", 3));
	CHECK(!glob_automaton__matches(&a, "sqlx", 4));
	/* A name of the kernel ends at its NUL. */
	CHECK(glob_automaton__matches(&a, "xy\0zzz", 6));

	memset(text, 'a', sizeof(text));
	text[63] = '\0';
	CHECK_EQ(glob_automaton__add(&full, text), 0);
	CHECK(glob_automaton__matches(&full, text, 63));
	CHECK_EQ(glob_automaton__add(&full, "b"), -E2BIG);
	text[63] = 'a';
	text[64] = '\0';
	full = (struct glob_automaton){0};
	CHECK_EQ(glob_automaton__add(&full, text), -E2BIG);
	CHECK_EQ(glob_automaton__add(&full, "[a"), -EINVAL);
	CHECK_EQ(glob_automaton__add(&full, "a[]"), -EINVAL);
	CHECK_EQ(glob_automaton__add(&full, "[!]"), -EINVAL);
	CHECK_EQ(glob_automaton__add(&full, "["), -EINVAL);
	CHECK_EQ(full.starts, 0); /* untouched */
}

/* ---- saving -------------------------------------------------------------------------------------------- */

static struct sample *sample_of_everything(void)
{
	static const struct frame frames[] = {{.address = UINT64_MAX,
					       .function = "\xff\\x41\n\"",
					       .offset = 3,
					       .module = "/a\x80",
					       .file = "f.c",
					       .line = 9,
					       .inlined = true},
					      {.address = 0}};
	struct sample *s = sample_at(5);
	struct sample_process *p = add_process(s, 10, 4);
	struct sample_thread *t;
	struct sample_lock *l;
	struct sample_file *f;
	char **cmdline = ARENA_NEW(&s->arena, char *, 3);

	p->comm = "a\x1b\xc3";
	p->has_limits = true;
	p->limits = (struct thread_limits){{1, 2}, {3, LIMIT_NONE}, {4, 5}, "/x.slice"};
	t = add_waiter(s, 10, 10, 0x1000, 11);
	t->args[0] = UINT64_MAX;
	t->args[5] = 1;
	t->path = "";
	t->steady = true;
	t->stack = (struct call_stack){frames, 2, "truncated"};
	t->kernel_stack = (struct call_stack){frames + 1, 1, "complete"};
	add_writer(s, 10, 12, TS_IO_SYNC, 77);
	s->creators[s->creator_count++] = (struct sample_creator){.pid = 10,
								  .stack_id = 1ull << 63,
								  .created = 2,
								  .exited = 1,
								  .stack = {NULL, 0, "unreadable"}};
	l = add_lock(s, 10, 0x1000, 0x1000);
	l->symbol = "\\x5c";
	l->evicted = true;
	l->wait_ns = 5;
	count_wait(&l->waits, 5, 1000, 3);
	l->waits.buckets[TS_HIST_BUCKETS - 1] = UINT32_MAX;
	f = add_file(s, 10);
	f->totals.fd = -1;
	f->totals.bytes = UINT64_MAX;
	f->deleted = true;
	count_wait(&f->totals.syncs, 5, 1000, 3);
	s->losses[TS_LOSS_PROCESSES] = 9;
	s->lost_threads = 3;
	cmdline[0] = (char *)"app";
	cmdline[1] = (char *)"";
	s->cmdline = cmdline;
	return s;
}

/* What two samples are as text is what they are. */
TEST(a_sample_survives_saving)
{
	struct sample *s = sample_of_everything(), *back = NULL, *none = NULL;
	char *first = NULL, *second = NULL;
	size_t first_size = 0, second_size = 0;
	FILE *out = open_memstream(&first, &first_size), *in;

	CHECK_EQ(sample__save(out, s), 0);
	fclose(out);
	in = fmemopen(first, first_size, "r");
	CHECK_EQ(sample__load(in, &back), 0);
	CHECK_EQ(sample__load(in, &none), -ENODATA);
	CHECK(!none);
	fclose(in);
	if (back) {
		out = open_memstream(&second, &second_size);
		CHECK_EQ(sample__save(out, back), 0);
		fclose(out);
		CHECK_STR(second, first);
		CHECK_STR(back->processes[0].comm, "a\x1b\xc3");
		CHECK_STR(back->threads[0].stack.frames[0].function, "\xff\\x41\n\"");
		CHECK(back->threads[0].stack.frames[0].address == UINT64_MAX);
		CHECK(!back->threads[0].stack.frames[1].function);
		CHECK_STR(back->threads[0].path, "");
		CHECK(!back->threads[1].path);
		CHECK_EQ(back->threads[1].syscall, -1);
		CHECK_EQ(back->threads[1].io_file.inode, 7);
		CHECK_STR(back->locks[0].symbol, "\\x5c");
		CHECK(!memcmp(&back->locks[0].waits, &s->locks[0].waits, sizeof(struct ts_latency)));
		CHECK(!memcmp(&back->files[0].totals, &s->files[0].totals, sizeof(struct ts_file)));
		CHECK(!memcmp(&back->processes[0].limits, &s->processes[0].limits,
			      sizeof(struct thread_limits)));
		CHECK(back->bpf_ns_per_s == UINT64_MAX);
		CHECK_STR(back->cmdline[1], "");
		CHECK(!back->cmdline[2]);
	}
	sample__free(back);
	sample__free(s);
	free(second);
	free(first);
}

/* Bytes changed and cut anywhere: refused, or a sample that the model can take; the sanitizers watch. */
TEST(damaged_samples_do_no_harm)
{
	struct sample *s = sample_of_everything(), *back;
	size_t size = 0, taken = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size), *in;
	unsigned state = 3;

	sample__save(out, s);
	fclose(out);
	sample__free(s);
	for (int i = 0; i < 20000; i++) {
		static const char BYTES[] = "0123456789\"[]{},:-xnt\\\x80";
		size_t at = (next_random(&state) << 4 | (next_random(&state) & 15)) % size;
		char was = text[at];
		struct model *m;
		int err;

		text[at] = BYTES[next_random(&state) % (sizeof(BYTES) - 1)];
		in = fmemopen(text, i % 10 ? size : at + 1, "r");
		err = sample__load(in, &back);
		fclose(in);
		text[at] = was;
		CHECK(!err || err == -EINVAL);
		if (err)
			continue;
		taken++;
		m = model_with_base(sample_at(0));
		CHECK(model__interval(m, back) != NULL);
		if (back->process_count) {
			struct arena a = {0};

			CHECK(model__snapshot(&a, back, NULL) != NULL);
			arena__free(&a);
		}
		model__free(m);
	}
	CHECK(taken > 100);
	free(text);
}

TEST(a_saved_file_is_its_owners_alone)
{
	struct saved_header h = {.snapshot = true}, back = {0};
	char directory[] = "/tmp/test-model-XXXXXX", path[64], other[64];
	uint64_t wall_ns = 0;
	FILE *f = NULL;
	struct stat st;

	CHECK(mkdtemp(directory) != NULL);
	snprintf(path, sizeof(path), "%s/saved", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	/* One that was there and open to all is cut and closed to them. */
	f = fopen(path, "w");
	fputs("much longer than the line that comes to stand here, and older, too\n{}\n{}\n{}\n{}\n{}\n", f);
	fchmod(fileno(f), 0666);
	fclose(f);
	CHECK_EQ(saved__create(path, &h, &f), 0);
	CHECK_EQ(saved__save_wall(f, 77), 0);
	CHECK(!fstat(fileno(f), &st) && (st.st_mode & 07777) == 0600);
	fclose(f);
	f = fopen(path, "r");
	CHECK_EQ(saved__read_header(f, &back), 0);
	CHECK(back.snapshot && !back.every_process);
	CHECK_EQ(saved__load_wall(f, &wall_ns), 0);
	CHECK_EQ(wall_ns, 77);
	CHECK_EQ(saved__load_wall(f, &wall_ns), -ENODATA);
	fclose(f);

	CHECK(!symlink(path, other));
	CHECK_EQ(saved__create(other, &h, &f), -ELOOP);
	unlink(other);
	CHECK(!link(path, other));
	CHECK_EQ(saved__create(other, &h, &f), -EPERM);
	unlink(other);
	CHECK(!mkfifo(other, 0600));
	CHECK_EQ(saved__create(other, &h, &f), -ENXIO);
	unlink(other);
	CHECK_EQ(saved__create(directory, &h, &f), -EISDIR);
	CHECK_EQ(saved__create("/dev/null", &h, &f), -EPERM);
	/* What was refused is as it was. */
	CHECK(!stat(path, &st) && st.st_size > 70);
	unlink(path);
	rmdir(directory);
}

TEST_MAIN
