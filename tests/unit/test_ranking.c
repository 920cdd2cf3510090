/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a report matters most, and which of its rows belong together. */
#include <string.h>

#include "ranked.h"
#include "samples.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define SEC      1000000000ull
#define NATIVE   10
#define GO       20

static const struct go_process *const in_go = (const struct go_process *)1; /* only whether there is one */

static struct interval_report report(const struct process_row processes[2])
{
	return (struct interval_report){.processes = processes, .process_count = 2};
}
#define PROCESSES                              \
	{                                      \
		{.pid = NATIVE},               \
		{                              \
			.pid = GO, .go = in_go \
		}                              \
	}

#define WAITS(process, id, what)                                                        \
	{                                                                               \
		.pid = (process), .tid = (id), .state = 'S', .blocked = true, .wait = { \
			.kind = (what),                                                 \
			.lock = NO_INDEX,                                               \
			.fd = -1                                                        \
		}                                                                       \
	}

/* Held up before unknown before idle; within a class the order stays; running ones are in no rank. */
TEST(threads_by_class)
{
	static const struct process_row processes[] = PROCESSES;
	static const struct thread_row threads[] = {
		WAITS(NATIVE, 1, WAIT_CONDVAR), WAITS(NATIVE, 2, WAIT_MUTEX),
		WAITS(NATIVE, 3, WAIT_FUTEX),   WAITS(NATIVE, 4, WAIT_ACCEPT),
		WAITS(NATIVE, 5, WAIT_FSYNC),   {.pid = NATIVE, .tid = 6, .state = 'R'},
		WAITS(NATIVE, 7, WAIT_CHILD),   WAITS(NATIVE, 8, WAIT_CONDVAR),
	};
	static const pid_t want[] = {2, 5, 7, 1, 3, 8, 4};
	struct interval_report by_hand = report(processes), r;

	by_hand.threads = threads;
	by_hand.thread_count = COUNT(threads);
	r = ranked_interval(&by_hand, false);
	CHECK_EQ(r.ranked_threads, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		CHECK_EQ(r.threads[r.thread_rank[i]].tid, want[i]);
}

/* Threads that Go's runtime has parked come after what is held up, and their futexes are in no rank. */
TEST(parked_threads_come_last)
{
	static const struct process_row processes[] = PROCESSES;
	static const struct thread_row threads[] = {WAITS(GO, 1, WAIT_FUTEX), WAITS(NATIVE, 2, WAIT_FUTEX),
						    WAITS(GO, 3, WAIT_WRITE)};
	static const struct lock_row locks[] = {
		{.pid = GO, .address = 0x1000, .kind = LOCK_FUTEX, .wait_ns = 2 * SEC, .waiter_count = 1},
		{.pid = NATIVE, .address = 0x2000, .kind = LOCK_FUTEX, .wait_ns = SEC, .waiter_count = 1}};
	struct interval_report by_hand = report(processes), r;

	by_hand.threads = threads;
	by_hand.thread_count = COUNT(threads);
	by_hand.locks = locks;
	by_hand.lock_count = COUNT(locks);
	r = ranked_interval(&by_hand, false);
	CHECK_EQ(r.ranked_threads, 3);
	CHECK_EQ(r.thread_rank[0], 2);
	CHECK_EQ(r.thread_rank[1], 1);
	CHECK_EQ(r.thread_rank[2], 0);
	CHECK_EQ(r.worth_showing, 3);
	CHECK_EQ(r.ranked_locks, 1);
	CHECK_EQ(r.lock_rank[0], 1);
}

/* Where the runtime's function is known, not even a row is worth it. */
TEST(parked_by_the_runtime)
{
	static const struct process_row processes[] = PROCESSES;
	struct thread_row threads[] = {WAITS(GO, 1, WAIT_FUTEX), WAITS(GO, 2, WAIT_POLL),
				       WAITS(GO, 3, WAIT_READ)};
	struct interval_report by_hand = report(processes), r;
	struct arena a = {0};

	threads[0].wait.class = threads[1].wait.class = threads[2].wait.class = WAIT_CLASS_IDLE;
	threads[0].wait.function = "runtime.mPark";
	threads[2].wait.function = "main.read";
	by_hand.threads = threads;
	by_hand.thread_count = COUNT(threads);
	r = by_hand;
	ranking__threads(&a, &r);
	CHECK_EQ(r.ranked_threads, 3);
	CHECK_EQ(r.worth_showing, 2);
	CHECK_EQ(r.thread_rank[2], 0);
	arena__free(&a);
}

/* Locks before queues of work; those that only were waited for in the interval's time are in no rank. */
TEST(locks_for_work_come_last)
{
	static const struct process_row processes[] = PROCESSES;
	static const struct lock_row locks[] = {
		{.pid = NATIVE, .kind = LOCK_CONDVAR, .wait_ns = 9 * SEC, .waiter_count = 8},
		{.pid = NATIVE, .kind = LOCK_MUTEX, .wait_ns = 3 * SEC, .waits = {.count = 4}},
		{.pid = NATIVE, .kind = LOCK_MUTEX, .wait_ns = 2 * SEC},
		{.pid = GO, .kind = LOCK_MUTEX, .wait_ns = SEC, .waiter_count = 1},
	};
	struct interval_report by_hand = report(processes), r;

	by_hand.locks = locks;
	by_hand.lock_count = COUNT(locks);
	r = ranked_interval(&by_hand, false);
	CHECK_EQ(r.ranked_locks, 3);
	CHECK_EQ(r.lock_rank[0], 1);
	CHECK_EQ(r.lock_rank[1], 3);
	CHECK_EQ(r.lock_rank[2], 0);
	CHECK(r.locks[0].for_work && !r.locks[1].for_work && !r.locks[3].for_work);
}

TEST(a_lock_is_held_by_its_owner_or_because_it_is_exclusive)
{
	struct lock_row owned = {.kind = LOCK_JOIN, .owner_tid = 5}, mutex = {.kind = LOCK_MUTEX},
			rwlock = {.kind = LOCK_RWLOCK}, semaphore = {.kind = LOCK_SEMAPHORE},
			futex = {.kind = LOCK_FUTEX}, condvar = {.kind = LOCK_CONDVAR};

	ranking__lock(&owned, false);
	ranking__lock(&mutex, true);
	ranking__lock(&rwlock, false);
	ranking__lock(&semaphore, false);
	ranking__lock(&futex, true);
	ranking__lock(&condvar, false);
	CHECK(owned.held && mutex.held && rwlock.held && !semaphore.held && !futex.held && !condvar.held);
	CHECK(!owned.for_work && !mutex.for_work && !semaphore.for_work && futex.for_work &&
	      condvar.for_work);
	ranking__lock(&futex, false);
	CHECK(!futex.for_work);
}

static struct sample *one_go_and_one_native(uint64_t seconds)
{
	struct sample *s = sample_at(seconds);

	add_process(s, NATIVE, 2);
	add_process(s, GO, 1);
	s->live = calloc(1, sizeof(*s->live));
	s->live[s->live_count++] = (struct sample_go){.pid = GO};
	add_lock(s, NATIVE, 0x1000, 0x1000)->kind = LOCK_FUTEX;
	add_lock(s, GO, 0x1000, 0x1000)->kind = LOCK_FUTEX;
	add_waiter(s, NATIVE, NATIVE, 0x1000, 0)->kind = WAIT_FUTEX;
	add_waiter(s, NATIVE, NATIVE + 1, 0, 0)->kind = WAIT_ACCEPT;
	add_waiter(s, GO, GO, 0x1000, 0)->kind = WAIT_FUTEX;
	return s;
}

/* Whose process is Go's, the model knows; also when the Go program has the most CPU time and comes first. */
TEST(reports_of_intervals_are_ranked)
{
	struct model *m = model_with_base(one_go_and_one_native(0));
	struct sample *s = one_go_and_one_native(1);
	const struct interval_report *r;

	s->threads[2].account.counts[TS_CPU_NS] = 1000;
	r = model__interval(m, s);
	CHECK_EQ(r->processes[0].pid, GO);
	CHECK_EQ(r->ranked_threads, 3);
	CHECK_EQ(r->threads[r->thread_rank[0]].tid, NATIVE);
	CHECK_EQ(r->threads[r->thread_rank[0]].wait.class, WAIT_CLASS_UNKNOWN);
	CHECK_EQ(r->threads[r->thread_rank[1]].tid, GO);
	CHECK_EQ(r->threads[r->thread_rank[1]].wait.class, WAIT_CLASS_POOL);
	CHECK_EQ(r->threads[r->thread_rank[2]].tid, NATIVE + 1);
	CHECK_EQ(r->threads[r->thread_rank[2]].wait.class, WAIT_CLASS_IDLE);
	CHECK_EQ(r->ranked_locks, 1);
	CHECK_EQ(r->locks[r->lock_rank[0]].pid, NATIVE);
	CHECK(!r->locks[r->lock_rank[0]].for_work);
	model__free(m);
}

/* A pool's condition variable, at its word in turn waited on by none; one where a thread waits that is no
 * worker. */
static struct sample *two_pools(uint64_t second, bool busy)
{
	static const struct frame frames[] = {{.address = 1, .function = "pthread_cond_wait"},
					      {.address = 2, .function = "bioProcessBackgroundJobs"}};
	const struct call_stack idle = {.frames = frames, .count = 2, .end = STACK_COMPLETE};
	struct sample *s = sample_at(second);

	add_process(s, NATIVE, 4);
	for (uint64_t word = 0x1000; word <= 0x3000; word += 0x1000) {
		struct sample_lock *l = add_lock(s, NATIVE, word, word);

		l->kind = LOCK_CONDVAR;
		l->wait_ns = second * SEC;
		count_wait(&l->waits, second, 1000, (int)second);
	}
	for (pid_t tid = NATIVE + 1; tid < NATIVE + 4; tid++) {
		struct sample_thread *t = add_waiter(s, NATIVE, tid, tid < NATIVE + 3 ? 0x1000 : 0x2000, 0);

		t->kind = WAIT_CONDVAR;
		t->stack = idle;
		if (tid == NATIVE + 2)
			t->lock_address = 0x2000;
		if (tid == NATIVE + 3)
			t->stack.count = 1;
		if (busy && tid == NATIVE + 1)
			t->lock_address = 0;
	}
	return s;
}

TEST(locks_where_idle_workers_wait)
{
	struct model *m = model_with_base(two_pools(0, false));
	const struct interval_report *r;

	for (uint64_t second = 1; second < 4; second++) {
		r = model__interval(m, two_pools(second, second > 1));
		CHECK_EQ(r->idle_locks, 1);
		for (size_t i = 0; i < r->lock_count; i++)
			CHECK_EQ(r->locks[i].idle, r->locks[i].address == 0x1000);
	}
	model__free(m);
	m = model_with_base(two_pools(0, true));
	r = model__interval(m, two_pools(1, true)); /* not known of one that nobody was found at */
	CHECK_EQ(r->idle_locks, 0);
	model__free(m);
}

TEST(reports_of_snapshots_are_ranked)
{
	struct go_reading read = {.version = "go1.24.4"}, unsure = {.problem = "not known", .unsure = true};
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;

	add_process(s, NATIVE, 2);
	add_lock(s, NATIVE, 0x1000, 0x1000);
	add_lock(s, NATIVE, 0x2000, 0x2000)->kind = LOCK_FUTEX;
	add_waiter(s, NATIVE, 11, 0x2000, 0)->kind = WAIT_FUTEX;
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->threads[0].wait.class, WAIT_CLASS_UNKNOWN);
	CHECK_EQ(r->ranked_locks, 1);
	CHECK_EQ(r->lock_rank[0], 1);
	CHECK(r->locks[0].held && !r->locks[1].held && !r->locks[1].for_work);
	s->go = &unsure;
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->threads[0].wait.class, WAIT_CLASS_UNKNOWN);
	s->go = &read;
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->threads[0].wait.class, WAIT_CLASS_POOL);
	CHECK(r->locks[1].for_work);
	s->go = NULL;
	sample__free(s);
	arena__free(&a);
}

/* Of a snapshot: most waiters first, then by address; those without a waiter are in no rank. */
TEST(locks_of_a_snapshot_by_waiters)
{
	static const struct lock_row locks[] = {
		{.address = 0x10, .kind = LOCK_MUTEX, .waiter_count = 1},
		{.address = 0x20, .kind = LOCK_MUTEX},
		{.address = 0x40, .kind = LOCK_CONDVAR, .waiter_count = 3},
		{.address = 0x30, .kind = LOCK_MUTEX, .waiter_count = 3},
	};
	const struct snapshot_report by_hand = {.locks = locks, .lock_count = COUNT(locks)};
	struct snapshot_report r = ranked_snapshot(&by_hand);

	CHECK_EQ(r.ranked_locks, 3);
	CHECK_EQ(r.lock_rank[0], 3);
	CHECK_EQ(r.lock_rank[1], 2);
	CHECK_EQ(r.lock_rank[2], 0);
}

/* ---- files ---------------------------------------------------------------------- */

#define ROW(process, number) .pid = (process), .inode = (number), .device = 8, .generation = 1

/* The first three are of one file; of another file system, another generation, no inode: others. */
static const struct file_row files[] = {
	{ROW(1, 7), .unsynced_bytes = 1, .writes = {.count = 0}},
	{ROW(2, 7), .writes = {.count = 2, .max_ns = 5}, .fsyncs = {.count = 1, .max_ns = 9}, .bytes = 100},
	{ROW(3, 7), .bytes = 30}, /* its call ended in the interval and was counted before */
	{.pid = 4, .inode = 7, .device = 9, .generation = 1, .in_flight = 1},
	{.pid = 5, .inode = 7, .device = 8, .generation = 2, .fsyncs = {.count = 1}},
	{.pid = 6, .kind = TS_FILE_SOCKET, .writes = {.count = 1}},
	{.pid = 7, .kind = TS_FILE_SOCKET, .peer = "/run/log", .writes = {.count = 1}, .errors = 2},
	{ROW(8, 7), .writes = {.count = 1, .max_ns = 20}, .bytes = 7, .errors = 1, .fsync_errors = 3},
};

TEST(rows_of_one_file_are_a_group)
{
	struct interval_report r =
		ranked_interval(&(struct interval_report){.files = files, .file_count = COUNT(files)}, true);
	static const size_t want[] = {0, 0, 0, 3, 4, 5, 6, 0};

	for (size_t i = 0; i < COUNT(files); i++)
		CHECK_EQ(r.files[i].same_file, want[i]);
	CHECK_EQ(r.file_group_count, 5);
	CHECK_EQ(r.file_groups[0].first, 0);
	CHECK_EQ(r.file_groups[0].sums.count, 4);
	CHECK_EQ(r.file_groups[0].sums.writes, 3);
	CHECK_EQ(r.file_groups[0].sums.bytes, 137);
	CHECK_EQ(r.file_groups[0].sums.syncs, 1);
	CHECK_EQ(r.file_groups[0].sums.errors, 4);
	CHECK_EQ(r.file_groups[0].sums.max_ns, 20);
	for (size_t i = 1; i < 5; i++) {
		CHECK_EQ(r.file_groups[i].first, i + 2);
		CHECK_EQ(r.file_groups[i].sums.count, 1);
	}
	CHECK_EQ(r.file_groups[4].sums.errors, 2);
	CHECK(r.files[5].connection && !r.files[6].connection && !r.files[0].connection);
}

/* Beside logs, a file is shown for what is done with it. */
TEST(groups_of_files_that_were_used)
{
	static const struct file_row unused_first[] = {
		{ROW(1, 7), .bytes = 9}, {ROW(2, 7), .writes = {.count = 1}}, {ROW(3, 8), .bytes = 9}};
	struct interval_report r =
		ranked_interval(&(struct interval_report){.files = files, .file_count = COUNT(files)}, false);

	CHECK_EQ(r.file_group_count, 5);
	CHECK_EQ(r.file_groups[0].first, 0); /* it has bytes that are not synced */
	CHECK_EQ(r.file_groups[0].sums.count, 3);
	CHECK_EQ(r.file_groups[0].sums.bytes, 107);
	r = ranked_interval(&(struct interval_report){.files = unused_first, .file_count = 3}, false);
	CHECK_EQ(r.file_group_count, 1);
	CHECK_EQ(r.file_groups[0].first, 1);
	CHECK_EQ(r.file_groups[0].sums.count, 1);
	CHECK_EQ(r.files[1].same_file, 0);
	CHECK_EQ(r.files[2].same_file, 2);
}

TEST(a_call_hangs_from_1_ms_on)
{
	static const struct file_row busy[] = {{.in_flight = 1, .oldest_in_flight_ns = 999999},
					       {.in_flight = 1, .oldest_in_flight_ns = 1000000}};
	static const struct call_row calls[] = {{.age_ns = 1000000}, {.age_ns = 999999}};
	struct interval_report r = ranked_interval(
		&(struct interval_report){.files = busy, .file_count = 2, .calls = calls, .call_count = 2},
		true);

	CHECK(!r.files[0].hangs && r.files[1].hangs);
	CHECK(r.calls[0].hangs && !r.calls[1].hangs);
}

/* The model's own, of the same thread. */
TEST(calls_that_hang_are_marked)
{
	struct model *m = model_with_base(sample_at(0));

	for (uint64_t i = 0; i < 2; i++) {
		struct sample *s = sample_at(i + 1);
		const struct interval_report *r;

		add_process(s, NATIVE, 1);
		add_file(s, NATIVE);
		add_writer(s, NATIVE, NATIVE, TS_IO_SYNC, i ? 2000000 : 200000);
		r = model__interval(m, s);
		CHECK_EQ(r->call_count, 1);
		CHECK_EQ(r->file_count, 1);
		CHECK_EQ(r->calls[0].hangs, i);
		CHECK_EQ(r->files[0].hangs, i);
	}
	model__free(m);
}

TEST(of_nothing_nothing)
{
	struct interval_report r = ranked_interval(&(struct interval_report){0}, true);
	struct snapshot_report s = ranked_snapshot(&(struct snapshot_report){0});

	CHECK_EQ(r.ranked_threads + r.ranked_locks + r.file_group_count + s.ranked_locks, 0);
}

TEST_MAIN
