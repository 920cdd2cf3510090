/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a thread does not run although nothing that it does keeps it, in JSON's names and in words. */
#include "samples.h"

#include <sched.h>
#include <signal.h>
#include <string.h>

#include "model/rows/rows.h"
#include "waits/halt.h"
#include "words/describe.h"

#define MS 1000000ull

/* Runnable for so long. */
static struct sample_thread runnable(uint64_t ns)
{
	struct sample_thread t = {.pid = 10, .tid = 11, .name = "holder", .state = 'R'};

	t.halt = (struct ts_halt){.no_cpu_ns = ns, .cpu = 1, .by_tid = 77, .by_comm = "burner"};
	return t;
}

static const char *words(const struct sample_thread *t)
{
	static char text[DESCRIBE_HALT];
	struct thread_row row = {.state = t->state, .blocked = t->blocked, .halt = row__halt(t)};

	return t->blocked ? describe_stopper(text, sizeof(text), &row.halt)
			  : describe_running(text, sizeof(text), &row);
}

TEST(others_have_the_cpu)
{
	struct sample_thread t = runnable(1200 * MS);

	CHECK_EQ(halt__reason(&t), HALT_RUN_QUEUE);
	CHECK_STR(words(&t), "runnable, but without a CPU for 1.2 s (burner (77) has CPU 1)");
	t.halt.cpu = 0;
	CHECK_STR(words(&t), "runnable, but without a CPU for 1.2 s (burner (77) has CPU 0)");
	t.halt.cpu = 1;
	t.halt.nice = 5;
	CHECK_EQ(halt__reason(&t), HALT_LOW_PRIORITY);
	CHECK_STR(words(&t), "runnable, but without a CPU for 1.2 s (nice 5; burner (77) has CPU 1)");
	t.halt.policy = SCHED_IDLE;
	t.halt.by_tid = 0;
	CHECK_STR(words(&t), "runnable, but without a CPU for 1.2 s (SCHED_IDLE)");
	t.halt.policy = SCHED_FIFO;
	t.halt.nice = -5;
	CHECK_EQ(halt__reason(&t), HALT_RUN_QUEUE);
	t.on_cpu = true;
	CHECK_EQ(halt__reason(&t), HALT_NONE);
	CHECK_STR(words(&t), "running");
}

TEST(a_turn_is_no_halt)
{
	struct sample_thread t = runnable(999999);

	CHECK_EQ(halt__reason(&t), HALT_NONE);
	t.halt.no_cpu_ns = 1 * MS;
	CHECK_EQ(halt__reason(&t), HALT_RUN_QUEUE);
	t.halt.by_tid = 0; /* the reading itself may be what runs */
	t.halt.no_cpu_ns = 20 * MS - 1;
	CHECK_EQ(halt__reason(&t), HALT_NONE);
	t.halt.no_cpu_ns++;
	CHECK_EQ(halt__reason(&t), HALT_RUN_QUEUE);
	t.state = 'Z';
	CHECK_EQ(halt__reason(&t), HALT_NONE);
	t.state = 'S';
	CHECK_EQ(halt__reason(&t), HALT_NONE);
}

TEST(a_quota_is_used_up)
{
	struct sample_thread t = runnable(0);
	struct ts_account before = {
		.counts = {[TS_PERIODS] = 90, [TS_THROTTLED] = 50}, .quota_ns = 5 * MS, .cgroup = "web"};
	struct halt h;

	t.throttled = true;
	t.halt = (struct ts_halt){.no_cpu_ns = 45 * MS,
				  .quota_ns = 5 * MS,
				  .period_ns = 100 * MS,
				  .periods = 100,
				  .throttled = 59,
				  .cgroup = "web"};
	CHECK_STR(words(&t), "runnable, but throttled for 45 ms: its cgroup web may use 0.05 CPUs and was so "
			     "far throttled in 59 of 100 periods of 100 ms");
	t.throttled = false;
	t.on_cpu = true;
	CHECK_STR(words(&t),
		  "running; its cgroup web may use 0.05 CPUs and was so far throttled in 59 of 100 "
		  "periods of 100 ms");
	t.halt.throttled = 50;
	CHECK_STR(words(&t), "running");
	t.halt.throttled = 59;
	h = row__halt(&t);
	row__count_from(&h, NULL);
	CHECK(h.counted_so_far);
	row__count_from(&h, &before);
	CHECK(!h.counted_so_far);
	CHECK_EQ(h.periods, 10);
	CHECK_EQ(h.throttled, 9);
	/* Another cgroup, and counts that began anew. */
	h = row__halt(&t);
	before.cgroup[0] = 'W';
	row__count_from(&h, &before);
	CHECK_EQ(h.periods, 100);
	before.cgroup[0] = 'w';
	before.counts[TS_THROTTLED] = 60;
	row__count_from(&h, &before);
	CHECK_EQ(h.periods, 100);
}

TEST(who_stopped_it)
{
	struct sample_thread t = {.state = 'T', .blocked = true, .kind = WAIT_STOPPED};

	CHECK_STR(words(&t), "by a signal");
	t.halt.signal = SIGTSTP;
	CHECK_STR(words(&t), "by SIGTSTP");
	t.halt.signal = SIGKILL; /* none that stops */
	CHECK_STR(words(&t), "by a signal");
	t.state = 't';
	CHECK_STR(words(&t), "by a debugger or tracer");
	t.halt.by_tid = 9;
	strcpy(t.halt.by_comm, "gdb");
	CHECK_STR(words(&t), "by the tracer gdb (9)");
	t.halt.by_tid = 1;
	CHECK_STR(words(&t), "by the tracer gdb (1)");
	t.frozen = true;
	CHECK_STR(words(&t), "by its cgroup");
	strcpy(t.halt.cgroup, "web");
	CHECK_STR(words(&t), "by its cgroup web");
}

TEST(policies_have_names)
{
	CHECK_STR(policy_name(SCHED_OTHER), "SCHED_OTHER");
	CHECK_STR(policy_name(SCHED_IDLE), "SCHED_IDLE");
	CHECK_STR(policy_name(7), "SCHED_EXT");
	CHECK(!policy_name(8));
}

/* A full cgroup is normal; that a thread waits for it shows in the kernel. */
TEST(a_memory_limit_is_reached)
{
	static const struct frame waits[] = {{.function = "schedule"},
					     {.function = "mem_cgroup_oom_synchronize"}};
	static const struct frame reads[] = {{.function = "schedule"}, {.function = "folio_wait_bit_common"}};
	struct sample_thread t = {.state = 'D', .blocked = true, .kind = WAIT_PAGE_FAULT};
	struct halt h;
	char text[DESCRIBE_WAIT];

	t.halt.memory_limit = 64 << 20;
	strcpy(t.halt.cgroup, "web");
	t.kernel_stack = (struct call_stack){.frames = reads, .count = 2, .end = STACK_COMPLETE};
	CHECK_EQ(halt__reason(&t), HALT_NONE);
	t.kernel_stack.frames = waits;
	h = row__halt(&t);
	CHECK_EQ(h.reason, HALT_MEMORY);
	CHECK_STR(describe_memory(text, sizeof(text), &h),
		  " (its cgroup web uses all the memory that it may, 64 MiB)");
	t.halt.memory_limit = 0;
	CHECK_EQ(halt__reason(&t), HALT_NONE);
}

TEST_MAIN
