/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who woke the waiters of a condition variable last, and how often readers took an rwlock: said of what
 * was seen, and only of that. */
#include "samples.h"

#include "words/describe.h"

#define CONDVAR 0x2000
#define NOW     (1300 * NS_PER_S) /* of the second sample */

static struct sample_lock *add_word(struct sample *s, enum lock_kind kind, uint64_t address, uint64_t word)
{
	struct sample_lock *l = add_lock(s, 10, address, word);

	l->kind = kind;
	l->wait_ns = 700;
	l->watched_ns = NOW - 240 * NS_PER_S;
	return l;
}

static struct sample *new_sample(void)
{
	struct sample *s = sample_at(300);

	add_process(s, 10, 2);
	add_waiter(s, 10, 11, CONDVAR + 40, 0)->kind = WAIT_CONDVAR;
	add_thread(s, 10, 12)->name = "producer";
	s->threads[1].age_ns = 500 * NS_PER_S;
	return s;
}

/* What is said of the first lock. */
static const char *signal_in(struct sample *s, const struct interval_report **ret)
{
	static struct model *m;
	static char text[DESCRIBE_HOLDER];
	const struct interval_report *r;
	struct naming n;

	model__free(m);
	m = model_with_base(sample_at(299));
	r = model__interval(m, s);
	n = naming__of_interval(r);
	if (ret)
		*ret = r;
	return describe_signal(text, sizeof(text), &n, &r->locks[0]);
}

TEST(nobody_has_signalled_it)
{
	const struct interval_report *r;
	struct sample *s = new_sample();
	char text[DESCRIBE_WAIT];

	add_word(s, LOCK_CONDVAR, CONDVAR, CONDVAR + 40);
	CHECK_STR(signal_in(s, &r), ", no signal seen for 4 min 0 s");
	CHECK_EQ(r->locks[0].unsignalled_ns, 240 * NS_PER_S);
	CHECK_EQ(r->finding_count, 0);
	CHECK_EQ(r->threads[0].tid, 11);
	CHECK(strstr(describe_wait_reason(text, sizeof(text), &r->threads[0].wait),
		     "; no signal seen for 4 min 0 s"));
	s = new_sample();
	s->threads[0].kind = WAIT_SEMAPHORE;
	add_word(s, LOCK_SEMAPHORE, CONDVAR + 40, CONDVAR + 40);
	CHECK_STR(signal_in(s, NULL), ", no post seen for 4 min 0 s");
}

TEST(somebody_has)
{
	struct sample *s = new_sample();
	struct sample_lock *l = add_word(s, LOCK_CONDVAR, CONDVAR, CONDVAR + 40);

	l->waker_tid = 12;
	l->woken_ns = NOW - 3 * NS_PER_S;
	CHECK_STR(signal_in(s, NULL), ", last signalled by producer (12) 3.0 s ago");
	s = new_sample();
	l = add_word(s, LOCK_CONDVAR, CONDVAR, CONDVAR + 40);
	l->waker_tid = 12;
	l->woken_ns = NOW - NS_PER_S / 2;
	CHECK_STR(signal_in(s, NULL), ", last signalled by producer (12)");
	/* the thread of that number is younger */
	s = new_sample();
	l = add_word(s, LOCK_CONDVAR, CONDVAR, CONDVAR + 40);
	l->waker_tid = 12;
	l->woken_ns = NOW - 3 * NS_PER_S;
	s->threads[1].age_ns = NS_PER_S;
	CHECK_STR(signal_in(s, NULL), ", last signalled by thread 12 3.0 s ago");
}

/* Waiters use its two words in turns; the one with short waits is only known to be a futex. */
TEST(the_other_word_counts)
{
	struct sample *s = new_sample();
	struct sample_lock *l;

	add_word(s, LOCK_CONDVAR, CONDVAR, CONDVAR + 40);
	l = add_word(s, LOCK_FUTEX, CONDVAR + 44, CONDVAR + 44);
	l->waker_tid = 12;
	l->woken_ns = NOW - 2 * NS_PER_S;
	CHECK_STR(signal_in(s, NULL), ", last signalled by producer (12) 2.0 s ago");
	/* the start is unknown */
	s = new_sample();
	l = add_word(s, LOCK_FUTEX, CONDVAR + 36, CONDVAR + 36);
	l->waker_tid = 12;
	l->woken_ns = NOW - 2 * NS_PER_S;
	add_word(s, LOCK_CONDVAR, CONDVAR + 40, CONDVAR + 40)->wait_ns = 800;
	CHECK_STR(signal_in(s, NULL), ", last signalled by producer (12) 2.0 s ago");
	/* another lock */
	s = new_sample();
	add_word(s, LOCK_CONDVAR, CONDVAR, CONDVAR + 40)->wait_ns = 800;
	l = add_word(s, LOCK_FUTEX, CONDVAR + 48, CONDVAR + 48);
	l->woken_ns = NOW - 2 * NS_PER_S;
	CHECK_STR(signal_in(s, NULL), ", no signal seen for 4 min 0 s");
	/* a word whose row began anew knows nothing of before */
	s = new_sample();
	add_word(s, LOCK_CONDVAR, CONDVAR, CONDVAR + 40);
	add_word(s, LOCK_CONDVAR, CONDVAR, CONDVAR + 44)->watched_ns = NOW - 5 * NS_PER_S;
	CHECK_STR(signal_in(s, NULL), ", no signal seen for 5.0 s");
}

/* By another process, or by a call that is not watched: then nobody has since that wait ended. */
TEST(a_signal_that_was_not_seen)
{
	struct sample *s = new_sample();

	add_word(s, LOCK_CONDVAR, CONDVAR, CONDVAR + 40)->last_ns = NOW - 60 * NS_PER_S;
	CHECK_STR(signal_in(s, NULL), ", no signal seen for 1 min 0 s");
	s = new_sample();
	s->threads[0].args[3] = 0x1000;
	add_word(s, LOCK_CONDVAR, CONDVAR, CONDVAR + 40)->last_ns = NOW - 60 * NS_PER_S;
	CHECK_STR(signal_in(s, NULL), ", no signal seen for 4 min 0 s");
}

TEST(unknown_is_not_said)
{
	const struct interval_report *r;
	struct sample *s = new_sample();

	add_word(s, LOCK_CONDVAR, CONDVAR, CONDVAR + 40)->watched_ns = 0; /* an older file */
	CHECK_STR(signal_in(s, NULL), "");
	s = new_sample();
	add_word(s, LOCK_MUTEX, CONDVAR + 40, CONDVAR + 40)->waker_tid = 12;
	CHECK_STR(signal_in(s, &r), "");
	CHECK_EQ(r->locks[0].signalled_by, 0);
	/* musl: on the stacks of the waiters, and not of those that have gone */
	s = new_sample();
	s->threads[0].lock_address = 0x70000;
	add_word(s, LOCK_CONDVAR, CONDVAR, 0x70000);
	CHECK_STR(signal_in(s, NULL), "");
	/* the future, of a damaged file */
	s = new_sample();
	add_word(s, LOCK_CONDVAR, CONDVAR, CONDVAR + 40)->watched_ns = UINT64_MAX;
	CHECK_STR(signal_in(s, NULL), "");
}

static const char *holder_in(uint64_t readers, uint64_t taken)
{
	static char text[DESCRIBE_HOLDER];
	struct model *m = model_with_base(sample_at(299));
	struct sample *s = new_sample();
	struct sample_lock *l = add_word(s, LOCK_RWLOCK, CONDVAR + 40, CONDVAR + 40);
	const struct interval_report *r;
	struct naming n;

	s->threads[0].kind = WAIT_RWLOCK_WRITE;
	l->readers = readers;
	l->taken = taken;
	r = model__interval(m, s);
	n = naming__of_interval(r);
	describe_holder(text, sizeof(text), &n, &r->locks[0]);
	CHECK(says(find(r->findings, r->finding_count, FINDING_STUCK_THREAD), text));
	model__free(m);
	return text;
}

TEST(a_writer_that_readers_starve)
{
	CHECK_STR(holder_in(2, 9),
		  "held for reading by 2 threads (readers took it at least 9 times while a writer waited)");
	CHECK_STR(holder_in(1, 2), "held for reading by 1 thread"); /* they came together, may be */
	CHECK_STR(holder_in(0, 9), "");
}

TEST_MAIN
