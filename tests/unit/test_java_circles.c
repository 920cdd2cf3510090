/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Circles through the ends of threads and tasks, and through locks that are held to read. */
#include "hangs_said.h"

static struct sample_lock *add_java(struct sample *s, uint64_t address, enum lock_kind kind,
				    const char *class)
{
	struct sample_lock *l = add_lock(s, 10, address, address);

	l->kind = kind;
	l->type = class;
	return l;
}

/* 11 has the monitor, and joins 12, which wants it. */
static void joins_inside_synchronized(struct sample *s)
{
	struct sample_thread *joiner = add_waiter(s, 10, 11, 0x1000, 12);

	joiner->kind = WAIT_JOIN;
	add_waiter(s, 10, 12, 0x2000, 11)->wakes_itself = true;
	add_java(s, 0x1000, LOCK_JOIN, "java.lang.Thread")->owner_tid = 12;
	add_java(s, 0x2000, LOCK_MONITOR, "java.lang.Object")->owner_tid = 11;
}

static void joins_with_a_timeout(struct sample *s)
{
	joins_inside_synchronized(s);
	s->threads[0].args[3] = 0x7000;
}

/* pthread_join. */
static void joins_natively(struct sample *s)
{
	joins_inside_synchronized(s);
	s->locks[0].type = s->locks[1].type = NULL;
	s->locks[1].kind = LOCK_MUTEX;
}

TEST(a_join_in_a_circle)
{
	check(joins_inside_synchronized,
	      "deadlock warning: likely deadlock of 2 threads: worker (11) waits for the end of worker (12), "
	      "worker (12) waits for monitor 0x2000 (a java.lang.Object), in a circle (only an interrupt "
	      "would "
	      "end the join before) (11 12) of 10\n");
	check(joins_natively, "deadlock critical: deadlock of 2 threads: worker (11) waits for the end of "
			      "worker (12), worker "
			      "(12) waits for mutex 0x2000, in a circle (11 12) of 10\n");
	check(joins_with_a_timeout,
	      "stuck-thread warning: worker (12) has waited 2.0 s for monitor 0x2000 (a java.lang.Object), "
	      "held "
	      "by worker (11), which has waited 2.0 s for the end of worker (12), which has waited 2.0 s for "
	      "monitor 0x2000 (a java.lang.Object), held by worker (11) again: a circle until one of the "
	      "waits "
	      "times out (12) of 10\n");
}

static void waits_for_a_task(struct sample *s)
{
	joins_inside_synchronized(s);
	s->locks[0].kind = LOCK_TASK;
	s->locks[0].type = "java.util.concurrent.FutureTask";
}

/* Of a pool of two: each waits for what only the other could run. */
static void waits_for_the_pool(struct sample *s)
{
	for (pid_t tid = 11; tid <= 12; tid++) {
		uint64_t task = 0x1000 * (uint64_t)tid;
		struct sample_lock *l = add_java(s, task, LOCK_TASK, "java.util.concurrent.FutureTask");

		add_waiter(s, 10, tid, task, 0)->kind = WAIT_JOIN;
		l->likely = LOCK_LIKELY_POOL;
		l->likely_tid = tid == 11 ? 12 : 11;
	}
}

/* Nobody is known to be who should run it: nothing is said. */
static void waits_for_a_queued_task(struct sample *s)
{
	waits_for_the_pool(s);
	s->locks[0].likely_tid = 0;
}

TEST(a_task_in_a_circle)
{
	check(waits_for_a_task,
	      "deadlock warning: likely deadlock of 2 threads: worker (11) waits for task 0x1000 (a "
	      "FutureTask), "
	      "run by worker (12), worker (12) waits for monitor 0x2000 (a java.lang.Object), in a circle "
	      "(only "
	      "an interrupt or cancel would end the wait for the task before) (11 12) of 10\n");
	check(waits_for_the_pool,
	      "deadlock warning: likely deadlock of 2 threads: worker (11) waits for task 0xb000 (a "
	      "FutureTask), "
	      "queued in its own pool, worker (12) waits for task 0xc000 (a FutureTask), queued in its own "
	      "pool, "
	      "in a circle (no other thread of the pool runs what is queued there) (11 12) of 10\n");
	check(waits_for_a_queued_task, "");
}

static void upgrades(struct sample *s)
{
	struct sample_lock *l = add_java(s, 0x1000, LOCK_RWLOCK,
					 "java.util.concurrent.locks.ReentrantReadWriteLock$FairSync");

	add_waiter(s, 10, 11, 0x1000, 0)->kind = WAIT_RWLOCK_WRITE;
	add_waiter(s, 10, 13, 0x1000, 0)->kind = WAIT_RWLOCK_READ;
	l->readers = 2;
	l->likely = LOCK_LIKELY_READS;
	l->likely_tid = 11;
}

/* The reader is none of those that wait. */
static void waits_for_a_reader(struct sample *s)
{
	upgrades(s);
	add_thread(s, 10, 20);
	s->locks[0].likely_tid = 20;
}

static void waits_for_the_reader(struct sample *s)
{
	waits_for_a_reader(s);
	s->locks[0].readers = 1;
}

TEST(a_lock_that_is_held_to_read)
{
	check(upgrades,
	      "deadlock warning: likely deadlock of one thread: worker (11) waits for rwlock 0x1000 (a "
	      "ReentrantReadWriteLock$FairSync), to write, which it holds for reading (by its own "
	      "count of read holds); 1 more thread waits behind (11) of 10\n");
	check(waits_for_a_reader,
	      "lock-convoy info: 2 threads wait, up to 2.0 s, for the rwlock 0x1000 (a "
	      "ReentrantReadWriteLock$FairSync), held for reading by 2 threads, one of them worker (20), "
	      "which "
	      "is running (11 13 20) of 10\n");
	check(waits_for_the_reader,
	      "lock-convoy info: 2 threads wait, up to 2.0 s, for the rwlock 0x1000 (a "
	      "ReentrantReadWriteLock$FairSync), held for reading by worker (20), which is running (11 13 "
	      "20) of "
	      "10\n");
}

TEST_MAIN
