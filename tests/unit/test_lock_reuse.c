// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a thread that has the TID of a lock's owner can be that owner. */
#include "collect/waiters/lock_reuse.h"

#include <unistd.h>

#include "samples.h"

#define MS 1000000ull

static struct locks *locks;
static struct sample *sample;

/* A mutex, and the thread that has the TID in it: this one, as its priority is asked for. */
static struct sample_thread *begin(uint64_t age_ns)
{
	struct sample_thread *t;

	locks = locks__new(NULL);
	sample = sample_at(100);
	add_process(sample, 10, 4);
	add_lock(sample, 10, 0x1000, 0x1000);
	t = add_waiter(sample, 10, getpid(), 0, 0);
	t->age_ns = age_ns;
	t->kind = WAIT_SLEEP;
	return t;
}

static struct sample_thread *waits_for(uint64_t blocked_ns, uint64_t age_ns)
{
	struct sample_thread *t = add_waiter(sample, 10, 20 + (pid_t)sample->thread_count, 0x1000, 0);

	t->blocked_ns = blocked_ns;
	t->age_ns = age_ns;
	t->steady = true;
	return t;
}

static enum lock_reuse found(void)
{
	return lock_reuse__of(locks, sample, &sample->locks[0], getpid());
}

static void done(void)
{
	locks__free(locks);
	sample__free(sample);
}

TEST(all_have_waited_for_longer)
{
	begin(300 * MS);
	waits_for(900 * MS, 5000 * MS);
	waits_for(800 * MS, 5000 * MS);
	CHECK_EQ(found(), REUSE_CERTAIN);
	sample->locks[0].kind = LOCK_RWLOCK;
	CHECK_EQ(found(), REUSE_NOT); /* not for long, and it may be handed on */
	sample->threads[1].blocked_ns = 5000 * MS;
	CHECK_EQ(found(), REUSE_UNKNOWN);
	sample->locks[0].kind = LOCK_CONDVAR;
	CHECK_EQ(found(), REUSE_NOT);
	done();
}

/* It was there before them. */
TEST(an_owner_as_usual)
{
	begin(5000 * MS);
	CHECK_EQ(found(), REUSE_NOT);
	waits_for(4000 * MS, 9000 * MS);
	CHECK_EQ(found(), REUSE_NOT);
	done();
}

/* A waiter that was woken, found the lock taken by a faster thread, and sleeps anew. */
TEST(a_faster_thread_took_it)
{
	struct sample_thread *woken;

	begin(300 * MS);
	waits_for(900 * MS, 5000 * MS);
	woken = waits_for(250 * MS, 5000 * MS);
	CHECK_EQ(found(), REUSE_NOT);
	sample->threads[1].blocked_ns = 3000 * MS;
	CHECK_EQ(found(), REUSE_UNKNOWN);
	woken->age_ns = 260 * MS; /* that one has come since */
	CHECK_EQ(found(), REUSE_CERTAIN);
	woken->age_ns = 5000 * MS;
	woken->blocked_ns = 2900 * MS;
	woken->steady = false;
	CHECK_EQ(found(), REUSE_UNKNOWN);
	done();
}

TEST(one_that_was_woken_has_no_cpu_yet)
{
	struct sample_thread *owner = begin(300 * MS);

	waits_for(900 * MS, 5000 * MS);
	add_thread(sample, 10, 40);
	CHECK_EQ(found(), REUSE_NOT);
	owner->age_ns = 1200 * MS;
	sample->threads[1].blocked_ns = 1300 * MS;
	CHECK_EQ(found(), REUSE_CERTAIN);
	done();
}

TEST(it_was_nobodys_before)
{
	struct sample_thread *owner = begin(300 * MS);
	uint64_t now = sample->now_ns;

	waits_for(100 * MS, 5000 * MS);
	CHECK_EQ(found(), REUSE_NOT);
	locks__note_gone(locks, 10, 0x1000, owner->ns_tid, now - 400 * MS);
	CHECK_EQ(found(), REUSE_CERTAIN);
	owner->age_ns = 500 * MS; /* it was on its way */
	CHECK_EQ(found(), REUSE_NOT);
	locks__note_gone(locks, 10, 0x1000, 0, now); /* the lock has had another owner since */
	owner->age_ns = 300 * MS;
	CHECK_EQ(found(), REUSE_NOT);
	done();
}

TEST(its_frames_decide)
{
	struct sample_lock *l;

	begin(300 * MS);
	waits_for(3000 * MS, 5000 * MS);
	l = &sample->locks[0];
	*l = (struct sample_lock){.pid = 10,
				  .word = 0x1000,
				  .kind = LOCK_MUTEX,
				  .reused = 11,
				  .outside = 11,
				  .likely_tid = 11,
				  .likely = LOCK_LIKELY_FRAMES};
	lock_reuse__settle(sample);
	CHECK(l->owner_tid == 11 && !l->reused && !l->outside && !l->likely_tid);
	CHECK_EQ(sample->threads[1].blocked_by, 11);
	*l = (struct sample_lock){.pid = 10, .word = 0x1000, .reused = 11, .outside = 11, .likely_tid = 12};
	lock_reuse__settle(sample);
	CHECK(!l->owner_tid && l->reused == 11 && l->outside == 11 && !l->likely_tid);
	done();
}

TEST_MAIN
