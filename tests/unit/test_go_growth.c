/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines over time: what the counts of a running program say. */
#include "samples.h"

#include "words/describe_go.h"
#include "model/go/go_growth.h"
#include "model/rows/history.h"

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
	CHECK_EQ(p->minute_ns, 2 * NS_PER_S);
	CHECK_EQ(p->minute_created, 31);
	CHECK_EQ(p->minute_ended, 27);
	for (uint64_t i = 3; i <= 70; i++)
		p = next(m, counted(i, 104, 1031 + i));
	CHECK(p->minute_ns >= 60 * NS_PER_S && p->minute_ns < 65 * NS_PER_S);
	CHECK_EQ(p->minute_created, p->minute_ns / NS_PER_S);
	CHECK_EQ(p->minute_ended, p->minute_created);
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

/* ---- groups over readings ---- */

static const struct frame at = {
	.address = 0x1000, .function = "main.worker", .file = "/src/main.go", .line = 12};
static const struct frame made = {
	.address = 0x2000, .function = "main.serve", .file = "/src/main.go", .line = 30};
static const struct frame lock_frames[] = {
	{.address = 0x3000,
	 .function = "sync.runtime_SemacquireMutex",
	 .file = "/go/runtime/sema.go",
	 .line = 77},
	{.address = 0x1000, .function = "main.worker", .file = "/src/main.go", .line = 12}};

struct reading {
	const char *state;
	uint64_t count, left;
	uint64_t io;          /* others, in IO wait */
	uint64_t wait_max_ns; /* by the runtime's stamp */
};

/* A sample with a reading of two groups. */
static struct sample *read_at(uint64_t second, const struct reading *r)
{
	struct sample *s = counted(second, r->count + r->io, 1000 + r->count);
	struct go_reading *go = ARENA_NEW(&s->arena, struct go_reading, 1);

	go->version = "go1.24.4";
	go->groups = ARENA_NEW(&s->arena, struct go_group, 2);
	go->group_count = r->io ? 2 : 1;
	go->groups[0] = (struct go_group){.id = 1,
					  .state = r->state,
					  .count = r->count,
					  .compared = second > 0,
					  .left = r->left,
					  .wait_known = r->wait_max_ns ? r->count : 0,
					  .wait_max_ns = r->wait_max_ns,
					  .stack_bytes = r->count * 2048,
					  .stack = {&at, 1, STACK_COMPLETE},
					  .created_by = made};
	go->groups[1] = (struct go_group){.id = 2,
					  .state = "IO wait",
					  .count = r->io,
					  .stack = {&at, 1, STACK_COMPLETE},
					  .created_by = made};
	s->live[0].report = go;
	return s;
}

static size_t count_findings(const struct interval_report *r, enum finding_kind kind, const char **ret)
{
	size_t count = 0;

	for (size_t i = 0; r && i < r->finding_count; i++) {
		if (r->findings[i].kind != kind)
			continue;
		*ret = r->findings[i].summary;
		count++;
	}
	return count;
}

/* Watched for so many seconds while the number goes up by step; how many leaks are reported at the end. */
static size_t leaks_after(uint64_t seconds, struct reading r, uint64_t step, const char **ret)
{
	struct model *m = model__new();
	const struct interval_report *report = NULL;
	size_t count;
	static char summary[512];

	for (uint64_t i = 0; i <= seconds; i++) {
		r.count += step;
		report = model__interval(m, read_at(i, &r));
	}
	count = count_findings(report, FINDING_GOROUTINE_LEAK, ret);
	if (count) {
		snprintf(summary, sizeof(summary), "%s", *ret);
		*ret = summary;
	}
	model__free(m);
	return count;
}

TEST(a_leak)
{
	struct reading r = {.state = "chan receive", .count = 100000};
	const char *text = "";

	CHECK_EQ(leaks_after(29, r, 14, &text), 0); /* not watched for long enough */
	CHECK_EQ(leaks_after(40, r, 14, &text), 1);
	CHECK_STR(text, "app (10) leaks goroutines: 100,574 created at main.go:30 wait in chan receive at "
			"main.go:12, +14/s, none ended in 40.0 s, about 196 MiB of stacks");
	/* The runtime's stamp says that it is an old one. */
	r.wait_max_ns = 600 * NS_PER_S;
	CHECK_EQ(leaks_after(9, r, 14, &text), 0);
	CHECK_EQ(leaks_after(11, r, 14, &text), 1);
	r.wait_max_ns = 100 * NS_PER_S; /* which may be a collection too old */
	CHECK_EQ(leaks_after(11, r, 14, &text), 0);
}

TEST(no_leak)
{
	struct reading r = {.state = "chan receive", .count = 1000};
	const char *text = "";

	CHECK_EQ(leaks_after(100, r, 0, &text), 0); /* a steady pool */
	r.left = 1;
	CHECK_EQ(leaks_after(100, r, 14, &text), 0); /* some end: a server with ever more load */
	r.left = 0;
	r.io = 1;
	CHECK_EQ(leaks_after(100, r, 14, &text), 1);
	for (const char *const *state = (const char *const[]){"IO wait", "syscall", "sleep", "running", NULL};
	     *state; state++) {
		r.state = *state;
		CHECK_EQ(leaks_after(100, r, 14, &text), 0);
	}
}

TEST(what_comes_with_connections_is_no_leak)
{
	struct model *m = model__new();
	const struct interval_report *report = NULL;
	struct reading r = {.state = "select", .count = 10, .io = 10};
	const char *text = "";

	for (uint64_t i = 0; i <= 60; i++) {
		r.count += 5;
		r.io += 5;
		report = model__interval(m, read_at(i, &r));
		CHECK_EQ(count_findings(report, FINDING_GOROUTINE_LEAK, &text), 0);
	}
	CHECK_EQ(count_findings(report, FINDING_GOROUTINE_GROWTH, &text), 1);
	model__free(m);
}

/* A pool that was filled, and a leak that has stopped. */
TEST(what_stops_growing_is_no_leak)
{
	struct model *m = model__new();
	const struct interval_report *report = NULL;
	struct reading r = {.state = "chan receive", .count = 10};
	const char *text = "";

	for (uint64_t i = 0; i <= 200; i++) {
		r.count += i < 40 ? 5 : 0;
		report = model__interval(m, read_at(i, &r));
		if ((i > 10 && i < 40) || i > 50)
			CHECK_EQ(count_findings(report, FINDING_GOROUTINE_GROWTH, &text), i < 40);
	}
	CHECK_EQ(count_findings(report, FINDING_GOROUTINE_LEAK, &text), 0);
	CHECK_EQ(count_findings(report, FINDING_GOROUTINE_GROWTH, &text), 0);
	model__free(m);
}

TEST(one_that_ends_begins_the_watch_anew)
{
	struct model *m = model__new();
	const struct interval_report *report = NULL;
	struct reading r = {.state = "chan receive", .count = 1000};
	const char *text = "";

	for (uint64_t i = 0; i <= 60; i++) {
		r.count += 10;
		r.left = i == 40;
		report = model__interval(m, read_at(i, &r));
		CHECK_EQ(count_findings(report, FINDING_GOROUTINE_LEAK, &text), i >= 30 && i < 40);
	}
	CHECK_EQ(report->processes[0].go->groups[0].kept_ns, 20 * NS_PER_S);
	CHECK_EQ(report->processes[0].go->groups[0].kept_growth, 200);
	model__free(m);
}

static struct sample *with_timers(uint64_t second, uint64_t timers, uint64_t goroutines)
{
	struct sample *s = counted(second, goroutines, 1000 + goroutines);

	s->live[0].timers_known = true;
	s->live[0].timers = timers;
	return s;
}

static bool timers_grow(uint64_t by, uint64_t goroutines_by, uint64_t until, bool wave)
{
	struct model *m = model_with_base(with_timers(0, 10, 100));
	const struct interval_report *report = NULL;
	const char *text = "";
	bool found;

	for (uint64_t i = 1; i <= 60; i++) {
		uint64_t n = i < until ? i : until;

		report = model__interval(
			m, with_timers(i, 10 + by * n + (wave && i % 2 ? 2000 : 0), 100 + goroutines_by * n));
	}
	found = count_findings(report, FINDING_TIMER_GROWTH, &text);
	if (found)
		CHECK_STR(text, "app (10) gains 20 timers/s (10 -> 1,210 in 1 min 0 s)");
	model__free(m);
	return found;
}

TEST(timers_that_only_come)
{
	CHECK(timers_grow(20, 0, 60, false));
	CHECK(timers_grow(20, 4, 60, false));
	CHECK(!timers_grow(20, 5, 60, false)); /* those of connections */
	CHECK(!timers_grow(8, 0, 60, false));  /* few */
	CHECK(!timers_grow(20, 0, 30, false)); /* it has its sessions by now */
	CHECK(!timers_grow(20, 0, 60, true));  /* as traffic fluctuates */
}

TEST(growth_by_group_and_creator)
{
	struct model *m = model__new();
	const struct go_process *p = NULL;
	struct reading r = {.state = "chan receive", .count = 1000, .io = 20};
	const struct interval_report *report = NULL;
	const char *text = "";

	for (uint64_t i = 0; i <= 20; i++) {
		r.count += 4;
		report = model__interval(m, read_at(i, &r));
	}
	p = report->processes[0].go;
	CHECK_EQ(p->group_count, 2);
	CHECK_EQ(p->groups[0].g.count, 1084);
	CHECK(p->groups[0].growth_per_s == 4);
	CHECK_EQ(p->groups[0].span_ns, 20 * NS_PER_S);
	CHECK_STR(p->groups[1].g.state, "IO wait");
	CHECK(p->groups[1].growth_per_s == 0);
	CHECK_EQ(p->creator_count, 1);
	CHECK_EQ(p->creators[0].count, 1104);
	CHECK(p->creators[0].growth_per_s == 4);
	CHECK_EQ(count_findings(report, FINDING_GOROUTINE_GROWTH, &text), 1);
	CHECK_STR(text,
		  "app (10) gains 4.0 goroutines/s (1,024 -> 1,104 in 20.0 s); most of the new ones were "
		  "created at main.go:30 (1,104 now, +4.0/s); most wait in chan receive at main.go:12");
	model__free(m);
}

/* Nobody was there at the first reading: that is known, too. */
TEST(a_group_that_is_new_grew_from_none)
{
	struct model *m = model__new();
	const struct interval_report *report;
	struct reading r = {.state = "chan receive", .count = 100};

	model__interval(m, read_at(0, &r));
	r.io = 50;
	report = model__interval(m, read_at(2, &r));
	CHECK_STR(report->processes[0].go->groups[1].g.state, "IO wait");
	CHECK(report->processes[0].go->groups[1].growth_per_s == 25);
	/* Without a reading the last one stays, and gets old. */
	report = model__interval(m, counted(5, 150, 1200));
	CHECK_EQ(report->processes[0].go->read_age_ns, 3 * NS_PER_S);
	CHECK_EQ(report->processes[0].go->group_count, 2);
	model__free(m);
}

TEST(place_and_creator_in_words)
{
	struct go_group g = {.stack = {lock_frames, 2, STACK_COMPLETE}, .created_by = made};
	char text[128];

	CHECK_STR(describe_go_place(text, sizeof(text), &g), "main.go:12");
	g.stack.count = 1;
	CHECK_STR(describe_go_place(text, sizeof(text), &g), "sema.go:77");
	g.stack.count = 0;
	CHECK_STR(describe_go_place(text, sizeof(text), &g), "");
	CHECK_STR(describe_go_creator(text, sizeof(text), &g), "main.go:30");
	g.created_by.line = 0;
	CHECK_STR(describe_go_creator(text, sizeof(text), &g), "main.serve");
	g.created_by.function = NULL;
	CHECK_STR(describe_go_creator(text, sizeof(text), &g), "");
	g.count = g.wait_known = 3;
	g.wait_least = 3;
	g.wait_min_ns = g.wait_max_ns = 30 * NS_PER_S;
	CHECK_STR(describe_go_span(text, sizeof(text), &g), "at least 30.0 s");
	g.wait_least = 2;
	CHECK_STR(describe_go_span(text, sizeof(text), &g), "about 30.0 s");
}

TEST(rising_is_more_than_noise)
{
	uint64_t seed = 1;
	size_t wrong = 0;

	for (int run = 0; run < 1000; run++) {
		struct history noise = {0}, steps = {0}, line = {0};

		for (uint64_t i = 0; i < 100; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			history__add(&noise, i, 1000 + (seed >> 33) % 200);
			history__add(&steps, i,
				     1000 + (seed >> 33) % 20 + (i > (uint64_t)run % 100 ? 500 : 0));
			history__add(&line, i, 1000 + (seed >> 33) % 20 + 4 * i);
			wrong += history__rises(&noise) + history__rises(&steps);
		}
		CHECK(history__rises(&line));
	}
	CHECK(wrong < 20); /* of 200,000 */
}

TEST_MAIN
