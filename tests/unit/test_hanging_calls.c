/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes and syncs in flight: which are reported, with who waits behind them. */
#include "samples.h"

#include <sys/syscall.h>

static struct sample_thread *add_sync(struct sample *s, pid_t tid, const char *path, uint64_t ns)
{
	static const struct frame journal = {.function = "jbd2_log_wait_commit"};
	struct sample_thread *t = add_caller(s, tid, WAIT_FSYNC, SYS_fsync, path);

	t->blocked_ns = ns;
	t->kernel_stack = (struct call_stack){.frames = &journal, .count = 1, .end = STACK_COMPLETE};
	return t;
}

TEST(a_log_that_stalls_with_who_waits_behind)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;

	add_process(s, 10, 5);
	add_lock(s, 10, 0x1000, 0x1000)->owner_tid = 12;
	s->locks[0].symbol = "log_mutex";
	add_lock(s, 10, 0x2000, 0x2000)->owner_tid = 13;
	add_sync(s, 11, "/log", NS_PER_S / 2);
	add_sync(s, 12, "/log", 3 * NS_PER_S)->name = "writer";
	add_waiter(s, 10, 13, 0x1000, 12);
	add_waiter(s, 10, 14, 0x2000, 13); /* behind, by way of another lock */
	add_sync(s, 15, "/other", NS_PER_S / 10 - 1);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 1);
	CHECK_EQ(r->findings[0].kind, FINDING_LOG_STALL);
	CHECK_EQ(r->findings[0].severity, SEVERITY_WARNING);
	CHECK_STR(
		r->findings[0].summary,
		"writer (12) has been in fsync(/log) for 3.0 s (journal commit); 1 more thread is in a call "
		"on it; 2 threads wait behind mutex log_mutex, which it holds");
	CHECK_STR(r->findings[0].path, "/log");
	CHECK_EQ(r->findings[0].tid_count, 4);
	for (size_t i = 0; i < 4; i++)
		CHECK_EQ(r->findings[0].tids[i], ((pid_t[]){12, 11, 13, 14})[i]);
	arena__free(&a);
	sample__free(s);
}

/* Each behind the one before. */
TEST(a_queue_of_queues_up_to_sixteen)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;

	add_process(s, 10, 18);
	for (pid_t i = 0; i < 17; i++)
		add_lock(s, 10, 0x1000 * (uint64_t)(i + 1), 0x1000 * (uint64_t)(i + 1))->owner_tid = 11 + i;
	add_sync(s, 11, "/log", 3 * NS_PER_S);
	for (pid_t i = 0; i < 17; i++)
		add_waiter(s, 10, 12 + i, 0x1000 * (uint64_t)(i + 1), 11 + i);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->findings[0].kind, FINDING_LOG_STALL);
	CHECK(says(&r->findings[0], "16 threads wait behind"));
	CHECK_EQ(r->findings[0].tid_count, 17);
	arena__free(&a);
	sample__free(s);
}

TEST(a_short_stall_holds_nobody_up)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;

	add_process(s, 10, 2);
	add_sync(s, 11, NULL, NS_PER_S / 10)->args[0] = 7;
	add_sync(s, 12, NULL, NS_PER_S / 5)->args[0] = 8; /* files without a name are not one file */
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 2);
	CHECK_EQ(r->findings[0].severity, SEVERITY_INFO);
	CHECK_STR(r->findings[0].summary,
		  "worker (11) has been in fsync(file, fd 7) for 100 ms (journal commit)");
	CHECK(!r->findings[0].path);
	arena__free(&a);
	sample__free(s);
}

TEST(many_stalls_are_nine_findings)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;
	size_t covered = 0;

	add_process(s, 10, 60);
	for (unsigned i = 0; i < 60; i++)
		add_sync(s, 11 + (pid_t)i, arena__format(&s->arena, "/log%u", i % 30), 2 * NS_PER_S);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 9);
	CHECK(says(&r->findings[8], "44 more threads have been in writes and syncs of 22 more files"));
	for (size_t i = 0; i < r->finding_count; i++)
		covered += r->findings[i].tid_count;
	CHECK_EQ(covered, 60);
	arena__free(&a);
	sample__free(s);
}

/* Eight files with the oldest calls have a finding each; without more files there is no ninth. */
TEST(the_youngest_stall_is_the_one_left_over)
{
	for (unsigned files = 8; files < 10; files++) {
		struct sample *s = sample_at(1);
		struct arena a = {0};
		struct snapshot_report *r;
		const struct finding *last;

		add_process(s, 10, files);
		for (unsigned i = 0; i < files; i++)
			add_sync(s, 11 + (pid_t)i, arena__format(&s->arena, "/log%u", i),
				 (1 + (i + 5) % files) * NS_PER_S);
		r = model__snapshot(&a, s, NULL);
		CHECK_EQ(r->finding_count, files);
		last = &r->findings[r->finding_count - 1];
		CHECK_EQ(strstr(last->summary, "more thread") != NULL, files == 9);
		if (files == 9)
			CHECK_EQ(last->tids[0], 15); /* (4 + 5) % 9 is 0: a second */
		arena__free(&a);
		sample__free(s);
	}
}

TEST_MAIN
