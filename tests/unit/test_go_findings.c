/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings about goroutines over time. */
#include "samples.h"

#include "model/findings/findings.h"
#include "model/findings/go_leaked.h"
#include "model/findings/goroutine_findings.h"
#include "report/go_rows.h"

static const struct frame at = {
	.address = 0x1000, .function = "main.worker", .file = "/src/main.go", .line = 12};
static const struct frame made = {
	.address = 0x2000, .function = "main.serve", .file = "/src/main.go", .line = 30};

static struct sample *go_sample(uint64_t second)
{
	struct sample *s = sample_at(second);
	struct go_reading *go = ARENA_NEW(&s->arena, struct go_reading, 1);

	add_process(s, 10, 4);
	s->live = calloc(1, sizeof(*s->live));
	s->live[s->live_count++] = (struct sample_go){.pid = 10,
						      .version = "go1.24.4",
						      .count = 10,
						      .system = 5,
						      .made = 100,
						      .exact = true,
						      .report = go};
	go->version = "go1.24.4";
	return s;
}

/* Full channels of a reading, with what the reader's thread is in: that of this process, among others of its
 * numbers. */
TEST(a_full_queue_in_an_interval)
{
	struct model *m = model__new();
	const struct interval_report *report;
	struct go_queue *q;
	struct sample *s;
	const struct finding *f;

	model__interval(m, go_sample(0));
	s = go_sample(1);
	for (pid_t pid = 9; pid < 12; pid++) {
		struct sample_thread *t = add_thread(s, pid, 12);

		t->blocked = true;
		t->kind = WAIT_WRITE;
		t->syscall = 1;
		t->goid = 7;
		t->blocked_ns = (uint64_t)(pid - 8) * NS_PER_S;
		t->path = pid == 10 ? "/var/log/app.log" : "/else";
	}
	add_process(s, 9, 1);
	add_process(s, 11, 1);
	s->processes[0].pid = 9;
	s->processes[1].pid = 10;
	q = ARENA_NEW(&s->arena, struct go_queue, 1);
	*q = (struct go_queue){
		.address = 0xc0de, .len = 8, .cap = 8, .senders = 3, .reader_count = 1, .evidence = "frame"};
	q->readers[0] = (struct go_reader){.goid = 7, .tid = 12, .state = "syscall", .function = "main.run"};
	s->live[0].report->queues = q;
	s->live[0].report->queue_count = 1;
	report = model__interval(m, s);
	f = find(report->findings, report->finding_count, FINDING_LOG_QUEUE_FULL);
	CHECK(says(f, "is in write(/var/log/app.log) for 2.0 s"));
	CHECK_EQ(f ? f->pid : 0, 10);
	CHECK_EQ(f ? f->severity : 0, SEVERITY_WARNING);
	model__free(m);
}

static const struct finding *leaked(struct findings *f, struct arena *a, struct go_reading *r)
{
	*f = (struct findings){.arena = a};
	findings__go_leaked(f, r, 10);
	return f->count ? &f->list[0] : NULL;
}

TEST(leaked_goroutines_are_a_warning_if_the_search_is_certain)
{
	struct go_group groups[] = {{.state = "chan send",
				     .count = 5,
				     .leaked = 1,
				     .leaked_goids = {18},
				     .leaked_goid_count = 1,
				     .stack = {(struct frame *)&at, 1, STACK_COMPLETE},
				     .created_by = made},
				    {.state = "chan receive", .count = 3}};
	struct go_reading r = {.groups = groups, .group_count = 2};
	struct arena a = {0};
	struct findings f;

	CHECK(!leaked(&f, &a, &(struct go_reading){0}));
	r.leaks = (struct go_leaks){.looked = true, .whole = true, .readings = 4, .leaked = 1};
	CHECK(says(leaked(&f, &a, &r),
		   "goroutine 18 is leaked: nobody else can reach the channel that it sends "
		   "to at main.go:12, created at main.go:30"));
	CHECK_EQ(f.list[0].severity, SEVERITY_WARNING);
	CHECK_EQ(f.count, 1);
	/* A receive without an end may be meant. */
	groups[0].state = "chan receive";
	CHECK_EQ(leaked(&f, &a, &r)->severity, SEVERITY_INFO);
	groups[0].leaked = 5;
	groups[0].state = "semacquire";
	CHECK(says(leaked(&f, &a, &r),
		   "5 goroutines are leaked: nobody else can reach the locks or WaitGroups"));
	CHECK_EQ(f.list[0].severity, SEVERITY_WARNING);
	arena__free(&a);
}

TEST(what_is_not_certain_is_no_warning)
{
	struct go_group groups[] = {{.state = "select",
				     .count = 40,
				     .leaked = 30,
				     .stack = {(struct frame *)&at, 1, STACK_COMPLETE}}};
	struct go_reading r = {.groups = groups, .group_count = 1};
	struct arena a = {0};
	struct findings f;

	r.leaks = (struct go_leaks){.looked = true, .whole = true, .readings = 1, .leaked = 30};
	CHECK(says(leaked(&f, &a, &r), "30 of 40 goroutines may be leaked: nobody else was seen to reach any "
				       "channel of their selects at main.go:12 (it was read only once)"));
	CHECK_EQ(f.list[0].severity, SEVERITY_INFO);
	r.leaks.readings = 4;
	r.leaks.running = 7;
	CHECK(says(leaked(&f, &a, &r), "(goroutine 7 ran all the time, and its registers are not seen)"));
	r.leaks.running = 0;
	r.leaks.moving = true;
	CHECK(says(leaked(&f, &a, &r), "(what refers to them changes while it is read)"));
	r.leaks.whole = false;
	r.leaks.read_bytes = 1u << 30;
	r.leaks.heap_bytes = 5ull << 30;
	CHECK(says(leaked(&f, &a, &r),
		   "30 goroutines may be leaked or not: only 1.0 GiB of a heap of 5.0 GiB could "
		   "be searched"));
	CHECK_EQ(f.list[0].severity, SEVERITY_INFO);
	arena__free(&a);
}

TEST(slow_growth_names_its_place_and_a_leak_makes_it_mere_information)
{
	struct go_group_row groups[] = {
		{.g = {.state = "select", .stack = {&at, 1, STACK_COMPLETE}}, .growth_per_s = 0.5},
		{.g = {.state = "chan receive", .stack = {&made, 1, STACK_COMPLETE}}, .growth_per_s = 0.25}};
	struct go_process p = {.grows = true,
			       .growth_per_s = 0.75,
			       .groups = groups,
			       .group_count = 2,
			       .count = 90,
			       .first_count = 45,
			       .watched_ns = 60 * NS_PER_S};
	struct arena a = {0};
	struct findings f = {.arena = &a};
	const struct finding *one;

	findings__goroutines(&f, &p, 10, "app");
	CHECK_EQ(f.count, 1);
	CHECK(says(&f.list[0], "most wait in select at main.go:12"));
	CHECK_EQ(f.list[0].severity, SEVERITY_WARNING);
	groups[1].leak = true;
	f.count = 0;
	findings__goroutines(&f, &p, 10, "app");
	one = find(f.list, f.count, FINDING_GOROUTINE_GROWTH);
	CHECK(find(f.list, f.count, FINDING_GOROUTINE_LEAK) != NULL);
	CHECK_EQ(one ? one->severity : 0, SEVERITY_INFO);
	CHECK_EQ(f.count, 2);
	groups[0].leak = true;
	f.count = 0;
	findings__goroutines(&f, &p, 10, "app");
	CHECK_EQ(f.count, 3); /* each leak, and the growth */
	arena__free(&a);
}

TEST(growth_names_the_connections_that_it_comes_from)
{
	static const struct frame reads = {.function = "internal/poll.(*FD).Read"};
	struct go_group_row groups[] = {
		{.g = {.state = "IO wait",
		       .stack = {&reads, 1, STACK_COMPLETE},
		       .created_by = made,
		       .count = 102,
		       .peer_seen = "127.0.0.1:9000",
		       .peers_seen = 64},
		 .growth_per_s = 2,
		 .kept = true,
		 .kept_ns = 30 * NS_PER_S},
		{.g = {.state = "select", .stack = {&at, 1, STACK_COMPLETE}, .created_by = made},
		 .growth_per_s = 2.1}};
	struct go_process p = {.grows = true,
			       .growth_per_s = 4.1,
			       .groups = groups,
			       .group_count = 2,
			       .count = 90,
			       .watched_ns = 60 * NS_PER_S};
	struct arena a = {0};
	struct findings f = {.arena = &a};

	findings__goroutines(&f, &p, 10, "app");
	CHECK_EQ(f.count, 1);
	CHECK(says(&f.list[0],
		   "; 102 of them read from connections to 127.0.0.1:9000 (64 looked at), created at "
		   "main.go:30 with 1 more goroutine each, +2.0/s, none ended in 30.0 s"));
	/* Of one that has ended, or whose sockets have several peers, as a server's, nothing is said. */
	groups[0].g.peer_seen = NULL;
	f.count = 0;
	findings__goroutines(&f, &p, 10, "app");
	CHECK(!says(&f.list[0], "connections"));
	arena__free(&a);
}

TEST(growth_names_the_pipes_that_it_comes_from)
{
	static const struct frame reads = {.function = "internal/poll.(*FD).Read"},
				  copies = {.function = "os/exec.(*Cmd).Start",
					    .file = "/go/os/exec/exec.go",
					    .line = 497},
				  waits[] = {{.function = "os/exec.(*Cmd).Wait",
					      .file = "/go/os/exec/exec.go",
					      .line = 599},
					     {.function = "main.run", .file = "/src/main.go", .line = 22}};
	struct go_group_row groups[] = {{.g = {.state = "IO wait",
					       .stack = {&reads, 1, STACK_COMPLETE},
					       .created_by = copies,
					       .count = 102,
					       .pipe_ends = {{"sleep", 4711, 1}, {"sleep", 4712, 1}},
					       .pipe_end_count = 2,
					       .pipes_seen = 2},
					 .growth_per_s = 2,
					 .kept = true,
					 .kept_ns = 30 * NS_PER_S},
					{.g = {.state = "chan receive",
					       .stack = {waits, 2, STACK_COMPLETE},
					       .created_by = made,
					       .count = 103},
					 .growth_per_s = 2.1}};
	struct go_process p = {.grows = true,
			       .growth_per_s = 4.1,
			       .groups = groups,
			       .group_count = 2,
			       .count = 210,
			       .watched_ns = 60 * NS_PER_S};
	struct arena a = {0};
	struct findings f = {.arena = &a};

	findings__goroutines(&f, &p, 10, "app");
	CHECK_EQ(f.count, 1);
	CHECK(says(&f.list[0],
		   "; 102 of them read from pipes, write ends held by sleep (4711) and sleep (4712) "
		   "(2 looked at), created at exec.go:497, +2.0/s, none ended in 30.0 s; 103 wait in "
		   "os/exec.(*Cmd).Wait at main.go:22"));
	/* Commands that wait for something else. */
	groups[1].growth_per_s = 0;
	f.count = 0;
	findings__goroutines(&f, &p, 10, "app");
	CHECK(!says(&f.list[0], "os/exec.(*Cmd).Wait"));
	/* Some have ended. */
	groups[0].kept = false;
	f.count = 0;
	findings__goroutines(&f, &p, 10, "app");
	CHECK(!says(&f.list[0], "pipes"));
	arena__free(&a);
}

static bool grows_by(uint64_t more)
{
	struct model *m = model__new();
	const struct interval_report *r = NULL;
	bool grows;

	for (uint64_t i = 0; i <= 40; i++) {
		struct sample *s = go_sample(i);

		s->live[0].report = NULL;
		s->live[0].count = 100 + more * i / 40;
		s->live[0].made = 1000 + more * i / 40;
		r = model__interval(m, s);
	}
	grows = find(r->findings, r->finding_count, FINDING_GOROUTINE_GROWTH) != NULL;
	model__free(m);
	return grows;
}

TEST(growth_is_worth_a_word_from_twenty_on)
{
	CHECK(!grows_by(0));
	CHECK(!grows_by(19));
	CHECK(grows_by(20));
	CHECK(grows_by(400));
}

TEST_MAIN
