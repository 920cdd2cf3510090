/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Circles and chains of very many threads: found, said in few words, and in bounded time. */
#include "samples.h"

#include "util/clock.h"

#define THREADS 3000
#define FIRST   11
#define MOST_NS (20 * NS_PER_S) /* with sanitizers, beside busy loops; where each looks at all, minutes */

/* Each thread waits for a lock of the next one. */
static struct sample *waiters(bool in_a_circle)
{
	struct sample *s = sample_at(1);

	s->threads = realloc(s->threads, THREADS * sizeof(*s->threads));
	s->locks = realloc(s->locks, THREADS * sizeof(*s->locks));
	add_process(s, 10, THREADS);
	for (pid_t i = 0; i < THREADS; i++) {
		uint64_t lock = 0x1000 * (uint64_t)(i + 1);
		pid_t owner = FIRST + (i + 1) % THREADS;

		if (i + 1 == THREADS && !in_a_circle) {
			add_thread(s, 10, FIRST + i);
			break;
		}
		add_lock(s, 10, lock, lock)->owner_tid = owner;
		add_waiter(s, 10, FIRST + i, lock, owner)->blocked_ns = 100 * NS_PER_S;
	}
	return s;
}

static const struct finding *only_finding(const struct finding *list, size_t count, enum finding_kind kind)
{
	CHECK_EQ(count, 1);
	CHECK_EQ(list[0].kind, kind);
	CHECK(strlen(list[0].summary) < 4096);
	return &list[0];
}

static void check_both(bool in_a_circle, enum finding_kind kind)
{
	uint64_t from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	struct sample *s = waiters(in_a_circle);
	const struct interval_report *look;
	const struct snapshot_report *r;
	struct model *m = model__new();
	struct arena a = {0};

	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(only_finding(r->findings, r->finding_count, kind)->tid_count,
		 in_a_circle ? THREADS : THREADS - 1);
	CHECK_EQ(r->deadlock_count, in_a_circle);
	look = model__look(m, waiters(in_a_circle));
	only_finding(look->findings, look->finding_count, kind);
	CHECK(clock_ns(CLOCK_THREAD_CPUTIME_ID) - from < MOST_NS);
	model__free(m);
	arena__free(&a);
	sample__free(s);
}

TEST(a_circle_of_three_thousand)
{
	check_both(true, FINDING_DEADLOCK);
}

TEST(a_chain_of_three_thousand)
{
	check_both(false, FINDING_STUCK_THREAD);
}

TEST_MAIN
