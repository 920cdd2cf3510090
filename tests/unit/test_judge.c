/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a blocked thread is held up or has nothing to do: the table of functions, names, and the rest. */
#include <fcntl.h>
#include <sys/syscall.h>

#include "judge.h"
#include "waits/pattern.h"

/* A name that the pattern matches. */
static void name_for(const char *pattern, char *dst, size_t size)
{
	size_t n = 0;

	for (; *pattern && n + 5 < size; pattern++) {
		if (*pattern == '*')
			n += (size_t)snprintf(dst + n, size - n, "some");
		else
			dst[n++] = *pattern;
	}
	dst[n] = '\0';
}

static const char *class_of(const struct wait_pattern *p)
{
	switch (p->class) {
	case PATTERN_LOCK:
	case PATTERN_HELD:
		return "blocked";
	case PATTERN_IDLE:
		return "idle";
	default:
		return "unknown";
	}
}

/* Each row decides for its own functions, below frames of the C library and above those of the program. */
TEST(each_row_of_the_table)
{
	size_t count;
	const struct wait_pattern *table = wait_pattern__table(&count);

	for (size_t i = 0; i < count; i++) {
		char inner[128], outer[128];
		struct wait_judgement j;

		name_for(table[i].inner + (table[i].inner[0] == '^'), inner, sizeof(inner));
		name_for(table[i].outer + (table[i].outer[0] == '+'), outer, sizeof(outer));
		j = *outer ? JUDGE(WAIT_CONDVAR, "pthread_cond_wait", inner, "between", outer, "start_thread")
			   : JUDGE(WAIT_CONDVAR, "pthread_cond_wait", inner, "handle_request",
				   "start_thread");
		CHECK_STR(wait_class__name(j.class), class_of(&table[i]));
		CHECK(j.reason == WAIT_REASON_FUNCTION);
		CHECK_STR(j.what, table[i].what);
		CHECK_EQ(j.on_lock, table[i].class == PATTERN_LOCK);
		if (!j.what || strcmp(j.what, table[i].what))
			printf("# row %zu: %s < %s\n", i, table[i].inner, table[i].outer);
		CHECK(table[i].what[0] && table[i].inner[0] && table[i].inner[0] != '_');
	}
}

/* Between its wait and its main loop there is a lock. */
TEST(a_lock_within_a_work_loop)
{
	struct wait_judgement j = JUDGE(WAIT_POLL, "epoll_wait", "WaitEventSetWait", "WaitLatch", "ProcSleep",
					"LockAcquireExtended", "rebuild", "AutoVacLauncherMain");

	CHECK_EQ(j.class, WAIT_CLASS_BLOCKED);
	CHECK_EQ(j.frame, 4);
	j = JUDGE(WAIT_POLL, "epoll_wait", "WaitEventSetWait", "WaitLatch", "AutoVacLauncherMain", "main");
	CHECK_EQ(j.class, WAIT_CLASS_IDLE);
	CHECK_EQ(j.frame, 3);
	/* A session that works within a server's loop does not wait for that loop's next connection. */
	j = JUDGE(WAIT_POLL, "epoll_wait", "compute", "PostgresMain", "ServerLoop", "PostmasterMain", "main");
	CHECK_EQ(j.class, WAIT_CLASS_UNKNOWN);
}

/* Of two that match, the inner one decides, wherever it is. */
TEST(the_innermost_row)
{
	size_t count, last = NO_INDEX;
	const struct wait_pattern *table = wait_pattern__table(&count);

	for (size_t i = 0; i < count; i++) {
		char inner[128], before[128];
		struct wait_judgement j;

		if (*table[i].outer || table[i].inner[0] == '^' || table[i].class != PATTERN_IDLE)
			continue;
		name_for(table[i].inner, inner, sizeof(inner));
		j = JUDGE(WAIT_CONDVAR, inner, "handle_request");
		CHECK_EQ(j.frame, 0);
		if (last != NO_INDEX) {
			name_for(table[last].inner, before, sizeof(before));
			j = JUDGE(WAIT_CONDVAR, "pthread_cond_wait", before, inner, "start_thread");
			CHECK_EQ(j.frame, 1);
		}
		last = i;
	}
	CHECK(last != NO_INDEX);
}

/* Deeper ones belong to what the program does. */
TEST(a_name_among_the_first_four)
{
	CHECK_STR(CLASS(WAIT_CONDVAR, "pthread_cond_wait", "cond_wait", "timed_wait", "sleep_for",
			"rw_lock_wait", "serve", "start_thread"),
		  "blocked");
	CHECK_STR(CLASS(WAIT_CONDVAR, "pthread_cond_wait", "cond_wait", "timed_wait", "sleep_for", "block",
			"rw_lock_wait", "serve", "start_thread"),
		  "unknown");
}

/* It runs in the loop's job, and waits for what nobody knows. */
TEST(a_wait_within_a_job)
{
	CHECK_STR(CLASS(WAIT_CONDVAR, "pthread_cond_wait", "uv_run", "main"), "idle");
	CHECK_STR(CLASS(WAIT_CONDVAR, "pthread_cond_wait", "on_timer", "uv__run_timers", "uv_run", "main"),
		  "blocked"); /* the loop stands */
	CHECK_STR(CLASS(WAIT_CONDVAR, "pthread_cond_wait", "solve._omp_fn.0", "gomp_thread_start",
			"start_thread"),
		  "unknown");
	CHECK_STR(CLASS(WAIT_SEMAPHORE, "sem_wait", "PosixSemaphore::wait", "GangWorker::loop",
			"GangWorker::run", "Thread::call_run"),
		  "idle");
	CHECK_STR(CLASS(WAIT_SEMAPHORE, "sem_wait", "uv__sem_wait", "uv_sem_wait",
			"node::inspector::(anonymous namespace)::StartIoThreadMain", "start_thread"),
		  "idle");
}

/* A make that waits for a job slot is held up, as those before it still run: no finding. */
TEST(waits_that_may_take_long)
{
	struct wait_judgement j = JUDGE(WAIT_POLL, "pselect", "jobserver_acquire", "main");

	CHECK_EQ(j.class, WAIT_CLASS_BLOCKED);
	CHECK(!j.on_lock);
}

TEST(calls_that_decide_alone)
{
	static const enum wait_kind blocked[] = {WAIT_MUTEX,      WAIT_RWLOCK_READ, WAIT_RWLOCK_WRITE,
						 WAIT_WRITE,      WAIT_FSYNC,       WAIT_CONNECT,
						 WAIT_PAGE_FAULT, WAIT_JOIN,        WAIT_BARRIER,
						 WAIT_CHILD,      WAIT_STOPPED,     WAIT_FILE_LOCK};
	const uint64_t getlk[6] = {3, F_GETLK};
	struct wait_case c;

	for (size_t i = 0; i < sizeof(blocked) / sizeof(blocked[0]); i++)
		CHECK_STR(CLASS(blocked[i], "next_job", "run_worker"), "blocked");
	CHECK_STR(CLASS(WAIT_ACCEPT, "accept4", "serve", "handle", "main"), "idle");
	CHECK_STR(CLASS(WAIT_SIGNAL, "pause", "f", "g", "main"), "idle");
	c = in(WAIT_OTHER, &no_stack);
	c.syscall = SYS_fcntl;
	c.args = getlk;
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_UNKNOWN);
	c.state = 'D';
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_BLOCKED);
	c = in(WAIT_FUTEX, &no_stack);
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_UNKNOWN);
	CHECK_EQ(wait__judge(&c).reason, WAIT_REASON_NO_STACK);
	c.go = true;
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_POOL);
	CHECK_STR(CLASS(WAIT_FUTEX, "runtime.futex", "runtime.futexsleep", "runtime.notesleep",
			"runtime.mPark", "runtime.stopm", "runtime.findRunnable"),
		  "idle");
	CHECK_STR(CLASS(WAIT_FUTEX, "runtime.futex", "runtime.notesleep", "runtime.mPark",
			"runtime.stoplockedm"),
		  "idle");
	CHECK_STR(CLASS(WAIT_POLL, "runtime.epollwait", "runtime.netpoll", "runtime.findRunnable"), "idle");
	CHECK_STR(CLASS(WAIT_SLEEP, "runtime.usleep", "runtime.sysmon", "runtime.mstart1"), "idle");
	CHECK_STR(CLASS(WAIT_FUTEX, "runtime.futex", "runtime.futexsleep", "runtime.lock2", "runtime.lock"),
		  "blocked");
	c = in(WAIT_OTHER, &no_stack);
	c.syscall = -1;
	c.name = "iou-wrk-12";
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_IDLE);
	c.state = 'D';
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_BLOCKED);
}

/* A worker's own functions are evidence; the same call deeper in a program is not. */
TEST(programs_without_a_row)
{
	CHECK_STR(CLASS(WAIT_CONDVAR, "pthread_cond_wait", "next_job", "run_worker", "start_thread"), "pool");
	CHECK_STR(CLASS(WAIT_CONDVAR, "pthread_cond_wait", "cond_wait", "Queue::pop", "f", "start_thread"),
		  "pool");
	CHECK_STR(CLASS(WAIT_CONDVAR, "pthread_cond_wait", "stage", "start_thread", "clone3"), "pool");
	CHECK_STR(CLASS(WAIT_CONDVAR, "pthread_cond_wait", "wait_for_reply", "call", "start_thread"),
		  "unknown");
	CHECK_STR(CLASS(WAIT_POLL, "epoll_wait", "main", "__libc_start_call_main", "_start"), "pool");
	CHECK_STR(CLASS(WAIT_POLL, "poll", "fetch", "handle_request", "run_worker", "start_thread"),
		  "unknown");
	CHECK_STR(CLASS(WAIT_SLEEP, "clock_nanosleep", "usleep", "spin_lock", "take_job", "start_thread"),
		  "blocked");
	CHECK_STR(CLASS(WAIT_READ, "read", "holder", "start_thread", "clone3"), "unknown");
	CHECK_STR(CLASS(WAIT_CONDVAR, "pthread_cond_wait", "rw_lock_wait", "serve", "start_thread"),
		  "blocked");
	CHECK_STR(CLASS(WAIT_CONDVAR, "pthread_cond_wait", "stage"), "pool");
	CHECK(JUDGE(WAIT_CONDVAR, "pthread_cond_wait", "rw_lock_wait", "serve", "start_thread").on_lock);
	CHECK_STR(CLASS(WAIT_CONDVAR, "pthread_cond_wait"), "unknown");
}

/* What comes after it may be anything. */
TEST(functions_without_a_name)
{
	static const struct frame stripped[] = {{.address = 1, .function = "pthread_cond_wait"},
						{.address = 2, .module = "/srv/app"},
						{.address = 3, .function = "run_worker"}};
	static const struct frame cut[] = {{.address = 1, .function = "pthread_cond_wait"},
					   {.address = 2, .function = "stage"}};
	struct call_stack stack = {.frames = stripped, .count = 3, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_CONDVAR, &stack);

	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_UNKNOWN);
	CHECK_EQ(wait__judge(&c).reason, WAIT_REASON_NOTHING);
	stack = (struct call_stack){.frames = cut, .count = 2, .end = STACK_TRUNCATED};
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_UNKNOWN);
}

TEST(others_wait_behind_it)
{
	static const struct frame frames[] = {{.address = 1, .function = "clock_nanosleep"},
					      {.address = 2, .function = "event_loop"}};
	const struct call_stack stack = {.frames = frames, .count = 2, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_SLEEP, &stack);

	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_POOL);
	c.behind = 1;
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_BLOCKED);
	CHECK_EQ(wait__judge(&c).reason, WAIT_REASON_BEHIND);
	CHECK(!wait__judge(&c).on_lock);
}

TEST(a_request_under_way)
{
	static const struct frame frames[] = {{.address = 1, .function = "io_uring_wait_cqe"},
					      {.address = 2, .function = "committer"}};
	const struct call_stack stack = {.frames = frames, .count = 2, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_POLL, &stack);

	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_UNKNOWN);
	c.request = true;
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_BLOCKED);
	CHECK_EQ(wait__judge(&c).reason, WAIT_REASON_REQUEST);
}

TEST(names_of_classes)
{
	CHECK_STR(wait_class__name(WAIT_CLASS_BLOCKED), "blocked");
	CHECK_STR(wait_class__name(WAIT_CLASS_UNKNOWN), "unknown");
	CHECK_STR(wait_class__name(WAIT_CLASS_POOL), "pool");
	CHECK_STR(wait_class__name(WAIT_CLASS_IDLE), "idle");
	CHECK_STR(wait_class__name((enum wait_class)77), "blocked");
	CHECK_STR(wait_reason__name((enum wait_reason)77), "nothing");
}

TEST_MAIN
