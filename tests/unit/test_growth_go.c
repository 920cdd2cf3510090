/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that pile up for goroutines, or because a file server does not answer. */
#include "samples.h"

/* A Go program with so many threads, of which others than the first ones keep a system call. */
static const struct interval_report *grow_go(struct model *m, uint64_t from, uint64_t to, const char *state)
{
	static const struct frame runtime[][2] = {
		{{.address = 1, .function = "clone", .module = "/lib/libc.so.6"},
		 {.address = 2,
		  .function = "runtime.newosproc",
		  .file = "/go/src/runtime/os_linux.go",
		  .line = 9}},
		{{.address = 1, .function = "runtime.clone"}, {.address = 3, .function = "runtime.startm"}}};
	static const struct frame stack[] = {
		{.function = "syscall.Syscall", .file = "/go/src/syscall/syscall_linux.go", .line = 69},
		{.function = "syscall.Read", .file = "/go/src/syscall/syscall_unix.go", .line = 178},
		{.function = "main.blocked", .file = "/app/main.go", .line = 18}};
	const struct interval_report *r = NULL;

	for (uint64_t i = 0; i < 10; i++) {
		struct sample *s = sample_at(i + 1);
		uint64_t threads = from + (to - from) * i / 9;
		struct go_reading *go = ARENA_NEW(&s->arena, struct go_reading, 1);

		add_process(s, 10, threads);
		s->creators[s->creator_count++] =
			(struct sample_creator){.pid = 10,
						.stack_id = 1,
						.created = threads - 3,
						.stack = {runtime[0], 2, STACK_COMPLETE}};
		s->creators[s->creator_count++] =
			(struct sample_creator){.pid = 10,
						.stack_id = 2,
						.created = 4,
						.exited = 1,
						.stack = {runtime[1], 2, STACK_COMPLETE}};
		go->groups = ARENA_NEW(&s->arena, struct go_group, 1);
		go->groups[0] = (struct go_group){
			.id = 1,
			.state = state,
			.count = threads - 4,
			.goids = {7},
			.stack = {stack, 3, STACK_COMPLETE, STACK_NONE},
			.created_by = {.function = "main.main", .file = "/app/main.go", .line = 27}};
		go->group_count = 1;
		s->live = calloc(1, sizeof(*s->live));
		s->live[s->live_count++] = (struct sample_go){.pid = 10,
							      .count = threads,
							      .procs = 8,
							      .threads = threads,
							      .threads_max = 10000,
							      .report = go};
		r = model__interval(m, s);
	}
	return r;
}

TEST(what_go_makes_threads_for)
{
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r = grow_go(m, 10, 100, "syscall");

	CHECK_STR(find(r->findings, r->finding_count, FINDING_THREAD_GROWTH)->summary,
		  "app (10) gains 10 threads/s (10 -> 100 in 9.0 s), 96 of them for goroutines in "
		  "syscall.Read at "
		  "main.go:18, created at main.go:27; Go's own limit (100 of 10000) is reached in about 16 "
		  "min 30 s");
	CHECK_EQ(r->creator_count, 1); /* whatever place in the runtime starts them */
	CHECK_STR(r->creators[0].cause,
		  "Go's runtime, for 96 goroutines in syscall.Read at main.go:18, created at main.go:27");
	CHECK_STR(r->creators[0].stack.frames[1].function, "syscall.Read");
	CHECK_EQ(r->creators[0].alive, 100);
	CHECK_EQ(r->creators[0].created, 101);
	CHECK_EQ(r->creators[0].exited, 1);
	CHECK(r->creators[0].growth_per_s > 9.99 && r->creators[0].growth_per_s < 10.01);
	model__free(m);
	m = model_with_base(sample_at(0));
	r = grow_go(m, 10, 100, "chan receive"); /* those keep no thread */
	CHECK(says(find(r->findings, r->finding_count, FINDING_THREAD_GROWTH),
		   ", started by Go's runtime; "));
	CHECK_STR(r->creators[0].cause, "Go's runtime, for its goroutines");
	CHECK_EQ(r->creators[0].stack.count, 0);
	model__free(m);
	m = model_with_base(sample_at(0));
	r = grow_go(m, 5, 23, "syscall"); /* as many as any server has */
	CHECK_STR(r->creators[0].cause, "Go's runtime, for its goroutines");
	model__free(m);
}

/* With cgo both the runtime and the program have C create threads, on another stack than the caller's: what
 * seems to follow is none of it. */
TEST(threads_of_c_in_a_go_program)
{
	static const struct frame frames[][4] = {
		{{.address = 1, .function = "pthread_create", .module = "/lib/libc.so.6"},
		 {.address = 2, .function = "_cgo_sys_thread_start"},
		 {.address = 3, .function = "runtime.asmcgocall"},
		 {.address = 0xc0001}},
		{{.address = 1, .function = "pthread_create", .module = "/lib/libc.so.6"},
		 {.address = 4}, /* stripped */
		 {.address = 3, .function = "runtime.asmcgocall.abi0"},
		 {.address = 5, .function = "runtime.newm1"}},
		{{.address = 1, .function = "pthread_create", .module = "/lib/libc.so.6"},
		 {.address = 6, .function = "start_worker"},
		 {.address = 3, .function = "runtime.asmcgocall"},
		 {.address = 0xc0002}},
		{{.address = 1, .function = "pthread_create", .module = "/lib/libc.so.6"},
		 {.address = 6, .function = "start_worker"},
		 {.address = 3, .function = "runtime.asmcgocall"},
		 {.address = 0xc0003}},
		{{.address = 1, .function = "pthread_create", .module = "/lib/libc.so.6"},
		 {.address = 7, .function = "start_other"},
		 {.address = 3, .function = "runtime.asmcgocall"},
		 {.address = 0xc0003}}};
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	const struct interval_report *r;

	add_process(s, 10, 50);
	for (uint64_t i = 0; i < 5; i++)
		s->creators[s->creator_count++] =
			(struct sample_creator){.pid = 10,
						.stack_id = i + 1,
						.created = 10 - i,
						.stack = {frames[i], 4, STACK_TRUNCATED, STACK_NONE}};
	r = model__interval(m, s);
	CHECK_EQ(r->creator_count, 3);
	CHECK_STR(r->creators[0].cause, "Go's runtime, for its goroutines");
	CHECK_EQ(r->creators[0].alive, 19);
	CHECK(!r->creators[1].cause);
	CHECK_STR(r->creators[1].stack.frames[1].function, "start_worker");
	CHECK_EQ(r->creators[1].stack.count, 3);
	CHECK_EQ(r->creators[1].alive, 15);
	CHECK_EQ(r->creators[2].alive, 6);
	model__free(m);
}

/* New threads that a file server keeps: both are one sentence. old: how many of 12 hung before. */
static const struct interval_report *grow_behind_server(struct model *m, pid_t old)
{
	const struct interval_report *r = NULL;

	for (pid_t i = 1; i <= 12; i++) {
		struct sample *s = sample_at((uint64_t)i);

		add_process(s, 10, (uint64_t)(20 + 2 * i));
		for (pid_t k = 0; k < 12 + (old ? 0 : 2 * i); k++) {
			struct sample_thread *t = add_thread(s, 10, 100 + k);

			t->state = 'D';
			t->blocked = true;
			t->kind = WAIT_OTHER;
			t->syscall = 262;
			t->blocked_ns = (uint64_t)(10 + i) * NS_PER_S;
			t->age_ns = k < 12 ? 1000 * NS_PER_S : 3 * NS_PER_S;
			t->path = "/mnt/x";
			t->server = "nfs server of /mnt, 10.0.0.1";
		}
		r = model__interval(m, s);
	}
	return r;
}

TEST(threads_that_pile_up_behind_a_file_server)
{
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r = grow_behind_server(m, 0);
	const struct finding *f = find(r->findings, r->finding_count, FINDING_STUCK_THREAD);

	CHECK_EQ(r->finding_count, 1);
	CHECK(says(
		f,
		"36 threads wait, for up to 22.0 s, in newfstatat(/mnt/x) for an answer of the nfs server of "
		"/mnt, 10.0.0.1; app (10) gains 2.0 threads/s (22 -> 44 in 11.0 s)"));
	CHECK(f && f->covers && f->covered == FINDING_THREAD_GROWTH);
	model__free(m);

	/* Threads that hang since long are not why others are created. */
	m = model_with_base(sample_at(0));
	r = grow_behind_server(m, 12);
	f = find(r->findings, r->finding_count, FINDING_STUCK_THREAD);
	CHECK(f && !f->covers);
	CHECK(find(r->findings, r->finding_count, FINDING_THREAD_GROWTH));
	model__free(m);
}

/* Of a fault it is known which file it may be of: the kernel's stack says whether a server is waited for. */
TEST(a_page_fault_of_a_file_that_a_server_keeps)
{
	static const struct frame fuse[] = {{.function = "fuse_simple_request"},
					    {.function = "handle_mm_fault"}};
	static const struct frame swap[] = {{.function = "io_schedule"}, {.function = "handle_mm_fault"}};

	for (int of_server = 0; of_server < 2; of_server++) {
		struct model *m = model_with_base(sample_at(0));
		struct sample *s = sample_at(1);
		struct sample_thread *t;
		const struct interval_report *r;

		add_process(s, 10, 1);
		t = add_thread(s, 10, 10);
		t->state = 'D';
		t->blocked = true;
		t->kind = WAIT_PAGE_FAULT;
		t->blocked_ns = 9 * NS_PER_S;
		t->path = "/mnt/x";
		t->server = "fuse server of /mnt, sshfs (7)";
		t->kernel_stack = (struct call_stack){of_server ? fuse : swap, 2, STACK_COMPLETE, STACK_NONE};
		r = model__interval(m, s);
		CHECK_EQ(r->finding_count, 1);
		CHECK(says(&r->findings[0], of_server ? "worker (10) waits, for 9.0 s, in a page fault of "
							"/mnt/x for an answer of the "
							"fuse server of /mnt, sshfs (7)"
						      : "worker (10) has been in a page fault for 9.0 s"));
		CHECK_EQ(r->threads[0].wait.file != NULL, of_server);
		model__free(m);
	}
}

TEST(a_few_threads_are_usual_for_go)
{
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r = grow_go(m, 7, 22, "syscall");

	CHECK(!find(r->findings, r->finding_count, FINDING_THREAD_GROWTH));
	model__free(m);
	m = model_with_base(sample_at(0));
	r = grow_go(m, 5, 23, "syscall"); /* 8 P */
	CHECK(!find(r->findings, r->finding_count, FINDING_THREAD_GROWTH));
	model__free(m);
	m = model_with_base(sample_at(0));
	r = grow_go(m, 7, 30, "syscall");
	CHECK(find(r->findings, r->finding_count, FINDING_THREAD_GROWTH));
	model__free(m);
}

TEST_MAIN
