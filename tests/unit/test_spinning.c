/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spin locks: who spins for them, and when that is a finding. */
#include "hangs_said.h"
#include "util/text.h"

#include <sys/syscall.h>

#define WORD 0x5000

static struct sample_thread *add_spinner(struct sample *s, pid_t tid, pid_t holder)
{
	struct sample_thread *t = add_thread(s, 10, tid);

	t->on_cpu = true;
	t->spins_for = WORD;
	t->spins_in = "pthread_spin_lock";
	t->spins_for_lock = true;
	t->spin_symbol = "table_lock";
	t->spin_holder = holder;
	t->spin_holder_in = holder ? "read_table" : NULL;
	return t;
}

static struct sample_thread *add_holder(struct sample *s, uint64_t ns)
{
	struct sample_thread *t = add_caller(s, 11, WAIT_SIGNAL, SYS_pause, NULL);

	t->name = "holder";
	t->blocked_ns = ns;
	return t;
}

static void held(struct sample *s)
{
	add_holder(s, 3 * NS_PER_S);
	add_spinner(s, 12, 11);
	add_spinner(s, 13, 11);
}

static void held_for_a_moment(struct sample *s)
{
	add_holder(s, NS_PER_S / 1000);
	add_spinner(s, 12, 11);
	add_spinner(s, 13, 11);
}

static void one_of_them(struct sample *s)
{
	add_holder(s, 3 * NS_PER_S);
	add_spinner(s, 12, 11);
}

static void one_for_a_moment(struct sample *s)
{
	add_holder(s, NS_PER_S / 2);
	add_spinner(s, 12, 11);
}

static void holder_runs(struct sample *s)
{
	add_thread(s, 10, 11);
	add_spinner(s, 12, 11);
	add_spinner(s, 13, 11);
}

TEST(who_spins_for_a_lock_that_is_held)
{
	check(held, "lock-convoy warning: 2 threads spin for table_lock (spin lock at 0x5000), likely held "
		    "by holder "
		    "(11), which has been in pause for 3.0 s (12 13 11) of 10\n");
	check(one_of_them,
	      "lock-convoy warning: worker (12) spins for table_lock (spin lock at 0x5000), likely held by "
	      "holder (11), which has been in pause for 3.0 s (12 11) of 10\n");
}

TEST(short_spins_are_normal)
{
	check(held_for_a_moment, "");
	check(one_for_a_moment, "");
	check(holder_runs, ""); /* in one instant: it may be anybody's turn */
}

/* What is found after so many seconds in which threads spin in each report. */
static const char *after(struct arena *a, unsigned seconds, size_t threads, bool lock)
{
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r = NULL;
	const char *text;

	for (unsigned at = 1; at <= seconds; at++) {
		struct sample *s = sample_at(at);

		add_process(s, 10, 9);
		for (size_t i = 0; i < threads; i++)
			add_spinner(s, 12 + (pid_t)i, 0)->spins_for_lock = lock;
		r = model__interval(m, s);
	}
	text = findings_text(a, r->findings, r->finding_count);
	model__free(m);
	return text;
}

TEST(who_spins_again_and_again)
{
	struct arena a = {0};

	CHECK_STR(after(&a, 2, 2, true), "");
	CHECK_STR(after(&a, 4, 2, true),
		  "lock-convoy info: 2 threads spin for table_lock (spin lock at 0x5000), found there again "
		  "and again for "
		  "3.0 s, holder unknown (a spin lock keeps no owner) (12 13) of 10\n");
	CHECK(starts_with(after(&a, 12, 2, true), "lock-convoy warning: 2 threads spin for table_lock"));
	CHECK_STR(after(&a, 12, 1, true), "");
	/* a word that no name and no holder shows to be a lock */
	CHECK_STR(after(&a, 12, 2, false), "");
	arena__free(&a);
}

TEST_MAIN
