/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot's deadlocks and groups. */
#include "samples.h"

#include "model/snapshot/groups.h"

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
	f = find(r->findings, r->finding_count, FINDING_DEADLOCK);
	CHECK(says(f, "deadlock of 2 threads"));
	CHECK(says(f, "; 1 more thread waits behind"));
	CHECK_EQ(r->deadlocks[0].behind, 1);
	CHECK_EQ(r->finding_count, 1); /* no thread is in two findings */
	CHECK(f && f->severity == SEVERITY_CRITICAL);
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
	f = find(r->findings, r->finding_count, FINDING_DEADLOCK);
	CHECK(says(f, "deadlock of one thread: worker (11) waits for"));
	CHECK(says(f, "which it already holds"));
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
	CHECK(says(find(r->findings, r->finding_count, FINDING_LOCK_CONVOY), "held by thread 999"));
	arena__free(&a);
	sample__free(s);
}

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

		t->stack =
			(struct call_stack){.frames = i % 2 ? two : one, .count = 2, .end = STACK_COMPLETE};
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
	CHECK_EQ(r->groups[0].wait_count, 2);
	CHECK_EQ(r->groups[0].waits[0].one->tid, 11);
	CHECK_EQ(r->groups[0].waits[0].count, 2);
	CHECK_EQ(r->groups[0].waits[0].tids[1], 13);
	CHECK_EQ(r->groups[0].waits[1].one->tid, 15);
	CHECK_EQ(r->groups[0].waits[1].count, 1);
	CHECK_EQ(r->groups[0].waits[1].tids[0], 15);
	CHECK_EQ(r->groups[1].wait_count, 0);
	CHECK_STR(r->groups[0].wait, "mutex");
	CHECK_EQ(r->groups[1].count, 2);
	CHECK(!r->groups[1].mixed);
	CHECK_EQ(r->groups[1].tids[0], 12);
	CHECK_EQ(r->groups[2].count, 1);
	arena__free(&a);
	sample__free(s);
}

TEST(what_program_it_is)
{
	struct go_reading refused = {.problem = "too new", .version = "go1.99"},
			  unread = {.problem = "its executable cannot be read", .unsure = true};
	struct sample *s = locked();
	struct snapshot_report *r;
	struct arena a = {0};

	r = model__snapshot(&a, s, NULL);
	CHECK_STR(r->runtime_kind, "native");
	CHECK(!r->runtime_version && !r->go);
	s->go = &refused;
	r = model__snapshot(&a, s, NULL);
	CHECK_STR(r->runtime_kind, "go");
	CHECK_STR(r->runtime_version, "go1.99");
	CHECK(r->go);
	s->go = &unread;
	r = model__snapshot(&a, s, NULL);
	CHECK_STR(r->runtime_kind, "unknown");
	CHECK(!r->runtime_version && !r->go);
	s->go = NULL;
	sample__free(s);
	arena__free(&a);
}

/* A lock that is waited for at two of its words is one, with the words' range, and the owner that either
 * tells. */
TEST(a_lock_of_two_words)
{
	struct sample *s = locked();
	struct arena a = {0};
	struct snapshot_report *r;

	add_lock(s, 10, 0x1000, 0x1000);
	add_lock(s, 10, 0x2000, 0x2004);
	add_lock(s, 10, 0x2000, 0x2008)->owner_tid = 13;
	add_lock(s, 10, 0x3000, 0x3000)->owner_tid = 14;
	add_lock(s, 10, 0x3000, 0x3004)->owner_tid = 15;
	add_waiter(s, 10, 11, 0x2004, 0);
	add_waiter(s, 10, 12, 0x2008, 13);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->lock_count, 3);
	CHECK_EQ(r->locks[0].owner_tid, 0);
	CHECK_EQ(r->locks[0].words_to, 0x1000);
	CHECK_EQ(r->locks[1].owner_tid, 13);
	CHECK_EQ(r->locks[1].words_from, 0x2004);
	CHECK_EQ(r->locks[1].words_to, 0x2008);
	CHECK_EQ(r->locks[1].waiter_count, 2);
	CHECK_EQ(r->locks[2].owner_tid, 14);
	arena__free(&a);
	sample__free(s);
}

TEST(stopped_and_frozen_are_told_apart)
{
	for (int frozen = 0; frozen < 2; frozen++) {
		struct sample *s = locked();
		struct arena a = {0};
		struct snapshot_report *r;
		const struct finding *f;

		for (pid_t tid = 11; tid < 13; tid++) {
			struct sample_thread *t = add_waiter(s, 10, tid, 0, 0);

			t->kind = WAIT_STOPPED;
			t->lock_address = 0;
			t->state = frozen ? 'S' : 'T';
			t->frozen = frozen;
			t->blocked_ns = 30 * NS_PER_S;
		}
		r = model__snapshot(&a, s, NULL);
		f = find(r->findings, r->finding_count, FINDING_STUCK_THREAD);
		CHECK(says(f, frozen ? "been frozen for" : "been stopped for"));
		CHECK(says(f, "30.0 s"));
		arena__free(&a);
		sample__free(s);
	}
}

/* Who waits for what at one place: those of the lowest TID first, also if the lock's number is higher; a
 * descriptor or a file tells waits apart, too. */
TEST(a_group_is_divided_by_what_its_threads_wait_for)
{
	static const struct {
		size_t lock;
		int fd;
		const char *file;
	} waits[] = {{1, -1, NULL},       {0, -1, NULL},       {1, -1, NULL},
		     {NO_INDEX, 4, "/a"}, {NO_INDEX, 5, "/a"}, {NO_INDEX, 4, "/b"},
		     {0, -1, NULL},       {1, -1, NULL},       {NO_INDEX, 4, NULL}};
	static const struct {
		pid_t tids[3];
		size_t count;
	} want[] = {{{1, 3, 8}, 3}, {{2, 7}, 2}, {{4}, 1}, {{5}, 1}, {{6}, 1}, {{9}, 1}};
	enum { THREADS = sizeof(waits) / sizeof(waits[0]), WAITS = sizeof(want) / sizeof(want[0]) };
	struct thread_row rows[THREADS];
	struct snapshot_report r = {.number = 1, .threads = rows, .thread_count = THREADS};
	struct arena a = {0};

	for (pid_t i = 0; i < THREADS; i++)
		rows[i] = (struct thread_row){
			.tid = i + 1,
			.blocked = true,
			.wait = {.lock = waits[i].lock, .fd = waits[i].fd, .file = waits[i].file}};
	model__groups(&a, &r);
	CHECK_EQ(r.group_count, 1);
	CHECK_EQ(r.groups[0].wait_count, WAITS);
	for (size_t i = 0; i < WAITS && i < r.groups[0].wait_count; i++) {
		const struct same_wait *w = &r.groups[0].waits[i];

		CHECK_EQ(w->count, want[i].count);
		CHECK_EQ(w->one->tid, want[i].tids[0]);
		for (size_t k = 0; k < w->count && k < want[i].count; k++)
			CHECK_EQ(w->tids[k], want[i].tids[k]);
	}
	for (pid_t i = 0; i < THREADS; i++)
		CHECK_EQ(r.groups[0].tids[i], i + 1);
	arena__free(&a);
}

/* Until there are two snapshots nothing is known of motion, and then a group counts those that did not move.
 */
TEST(threads_that_did_not_move_are_counted_by_group)
{
	struct snapshot_report r = {.number = 3};
	struct thread_row rows[4];
	struct arena a = {0};
	struct sample *s = locked();
	struct snapshot_report *first;

	add_waiter(s, 10, 11, 0, 0);
	first = model__snapshot(&a, s, NULL);
	CHECK_EQ(first->threads[0].same_stack, -1);
	CHECK_EQ(first->threads[0].did_not_run, -1);
	for (int i = 0; i < 4; i++) {
		rows[i] = first->threads[0];
		rows[i].tid = 11 + i;
		rows[i].same_stack = i < 3 ? 2 : 1;
		rows[i].did_not_run = i < 2 ? 2 : 1;
	}
	r.threads = rows;
	r.thread_count = 4;
	model__groups(&a, &r);
	CHECK_EQ(r.group_count, 1);
	CHECK_EQ(r.groups[0].unmoved, 3);
	CHECK_EQ(r.groups[0].unrun, 2);
	rows[0].same_stack = rows[0].did_not_run = 0;
	r.number = 1;
	model__groups(&a, &r);
	CHECK_EQ(r.groups[0].unmoved, 0);
	CHECK_EQ(r.groups[0].unrun, 0);
	arena__free(&a);
	sample__free(s);
}

TEST_MAIN
