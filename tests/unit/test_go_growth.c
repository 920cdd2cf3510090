/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines over time: what the counts of a running program say. */
#include "samples.h"

#include "model/goroutine_growth.h"

static struct sample *counted(uint64_t second, uint64_t count, uint64_t made)
{
	struct sample *s = sample_at(second);

	add_process(s, 10, 4);
	s->live = calloc(1, sizeof(*s->live));
	s->live[s->live_count++] = (struct sample_go){
		.pid = 10, .version = "go1.24.4", .count = count, .system = 5, .made = made, .exact = true};
	return s;
}

static const struct go_process *next(struct model *m, struct sample *s)
{
	const struct interval_report *r = model__interval(m, s);

	return r ? r->processes[0].go : NULL;
}

TEST(made_and_ended_are_of_the_interval)
{
	struct model *m = model_with_base(counted(0, 100, 1000));
	const struct go_process *p = next(m, counted(1, 110, 1030));

	CHECK_EQ(p->count, 110);
	CHECK(p->changes_known && p->exact);
	CHECK_EQ(p->created, 30);
	CHECK_EQ(p->ended, 20);
	CHECK(p->growth_per_s == 10);
	p = next(m, counted(2, 104, 1031));
	CHECK_EQ(p->created, 1);
	CHECK_EQ(p->ended, 7);
	CHECK_EQ(p->created_total, 31);
	CHECK_EQ(p->ended_total, 27);
	CHECK(p->growth_per_s == 2);
	CHECK_EQ(p->watched_ns, 2 * NS_PER_S);
	model__free(m);
}

/* The counters are not of one instant: one that was behind never makes a total fall. */
TEST(counters_that_were_read_one_after_the_other)
{
	struct model *m = model_with_base(counted(0, 100, 1000));
	const struct go_process *p = next(m, counted(1, 104, 1003));

	CHECK_EQ(p->created, 3);
	CHECK_EQ(p->ended, 0);
	p = next(m, counted(2, 104, 1002));
	CHECK_EQ(p->created, 0);
	CHECK_EQ(p->created_total, 3);
	p = next(m, counted(3, 104, 1006));
	CHECK_EQ(p->created, 3);
	CHECK_EQ(p->created_total, 6);
	CHECK_EQ(p->ended_total, 2);
	model__free(m);
}

TEST(not_counted_before)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = counted(1, 100, 1000);
	const struct go_process *p;

	s->live[0].problem = "it has just begun";
	p = next(m, s);
	CHECK_STR(p->problem, "it has just begun");
	CHECK(!p->changes_known);
	p = next(m, counted(2, 100, 1000));
	CHECK(!p->problem && !p->changes_known);
	p = next(m, counted(3, 100, 1001));
	CHECK(p->changes_known);
	CHECK_EQ(p->created, 1);
	/* Another program in the same process */
	p = next(m, counted(4, 6, 12));
	CHECK(!p->changes_known);
	CHECK_EQ(p->created_total, 0);
	model__free(m);
}

TEST_MAIN
