/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a blocked thread is held up or has nothing to do: the table of functions, names, and the rest. */
#include <fcntl.h>
#include <sys/syscall.h>

#include "test.h"
#include "waits/judge.h"
#include "waits/pattern.h"

static const uint64_t no_args[6];
static const struct call_stack no_stack;

static struct wait_case in(enum wait_kind kind, const struct call_stack *stack)
{
	return (struct wait_case){.kind = kind,
				  .state = 'S',
				  .name = "worker",
				  .syscall = SYS_futex,
				  .args = no_args,
				  .user = stack,
				  .kernel = &no_stack};
}

#define MOST_FRAMES 12

/* names: innermost first, NULL ends them. */
static struct wait_judgement judge_names_of(enum wait_kind kind, const char *const *names, size_t same_word)
{
	struct frame frames[MOST_FRAMES] = {0};
	struct call_stack stack = {.frames = frames, .end = STACK_COMPLETE};
	struct wait_case c = in(kind, &stack);

	while (stack.count < MOST_FRAMES && names[stack.count]) {
		frames[stack.count].address = stack.count + 1;
		frames[stack.count].function = names[stack.count];
		stack.count++;
	}
	c.same_word = same_word;
	return wait__judge(&c);
}

#define JUDGE(kind, ...) judge_names_of(kind, (const char *const[]){__VA_ARGS__, NULL}, 0)
#define CLASS(kind, ...) wait_class__name(JUDGE(kind, __VA_ARGS__).class)

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
		  "unknown");
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

/* Its own synchronizer is acquired, too: what a main thread does for hours. */
TEST(a_latch_of_java)
{
	static const struct frame frames[] = {
		{.address = 1, .function = "Parker::park"},
		{.address = 2,
		 .function = "java.util.concurrent.locks.AbstractQueuedSynchronizer.acquire",
		 .language = "Java"},
		{.address = 3, .function = "java.util.concurrent.CountDownLatch.await", .language = "Java"}};
	struct call_stack stack = {.frames = frames, .count = 3, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_CONDVAR, &stack);

	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_UNKNOWN);
	CHECK(!wait__judge(&c).on_lock);
	CHECK_STR(wait__judge(&c).what, "a CountDownLatch");
	stack.count = 2;
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_BLOCKED);
}

TEST(a_garbage_collection)
{
	static const struct frame frames[] = {{.address = 1, .function = "SafepointSynchronize::block"},
					      {.address = 2, .function = "Main.work", .language = "Java"}};
	const struct call_stack stack = {.frames = frames, .count = 2, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_FUTEX, &stack);

	CHECK_STR(wait__judge(&c).what, "a safepoint to end");
	c.collecting = true;
	CHECK_STR(wait__judge(&c).what, "a garbage collection to end");
	CHECK(wait__judge(&c).on_lock);
}

/* Its library is stripped; a program that waits in it, or below it, is another matter. */
TEST(the_thread_of_jemalloc)
{
	struct frame frames[] = {{.address = 1, .function = "pthread_cond_wait", .module = "/lib/libc.so.6"},
				 {.address = 2, .module = "/usr/lib/libjemalloc.so.2"},
				 {.address = 3, .module = "/usr/lib/libjemalloc.so.2"},
				 {.address = 4, .function = "start_thread", .module = "/lib/libc.so.6"}};
	struct call_stack stack = {.frames = frames, .count = 4, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_CONDVAR, &stack);

	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_IDLE);
	CHECK_STR(wait__judge(&c).what, "the next purge of jemalloc");
	c.kind = WAIT_MUTEX;
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_BLOCKED);
	c.kind = WAIT_CONDVAR;
	frames[2].module = "/srv/app";
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_UNKNOWN);
	frames[2].module = frames[1].module;
	stack.end = STACK_TRUNCATED;
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_UNKNOWN);
	CHECK_EQ(
		JUDGE(WAIT_CONDVAR, "pthread_cond_wait", "background_thread_sleep", "background_thread_entry")
			.class,
		WAIT_CLASS_IDLE);
}

/* A Condition of Python has a lock for each waiter; a Lock has one for all. */
TEST(locks_of_python)
{
	static const char *const names[] = {"sem_clockwait", "PyThread_acquire_lock_timed",
					    "lock_PyThread_acquire_lock", "_PyEval_EvalFrameDefault", NULL};

	CHECK_EQ(judge_names_of(WAIT_SEMAPHORE, names, 1).class, WAIT_CLASS_UNKNOWN);
	CHECK_EQ(judge_names_of(WAIT_SEMAPHORE, names, 2).class, WAIT_CLASS_BLOCKED);
	CHECK(judge_names_of(WAIT_SEMAPHORE, names, 2).on_lock);
}

/* By the variable, where the function has no name. */
TEST(a_queue_of_python)
{
	struct frame frames[] = {
		{.address = 1, .function = "__futex_abstimed_wait_common", .module = "/lib/libc.so.6"},
		{.address = 2, .function = "PyThread_acquire_lock_timed"},
		{.address = 3,
		 .function = "Condition.wait",
		 .file = "/usr/lib/python3.11/threading.py",
		 .language = "Python"},
		{.address = 4,
		 .function = "Queue.get",
		 .file = "/usr/lib/python3.11/queue.py",
		 .language = "Python"},
		{.address = 5, .function = "work", .file = "/srv/app.py", .language = "Python"}};
	struct call_stack stack = {.frames = frames, .count = 5, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_SEMAPHORE, &stack);

	c.same_word = 1;
	CHECK(wait__judge(&c).class == WAIT_CLASS_IDLE);
	frames[2].function = "wait"; /* before 3.11 */
	frames[3].function = "get";
	CHECK(wait__judge(&c).class == WAIT_CLASS_IDLE);
	/* a program's own function of that name, and a native one */
	frames[3].file = "/srv/cache.py";
	CHECK(wait__judge(&c).class == WAIT_CLASS_UNKNOWN);
	frames[3] = (struct frame){.address = 4, .function = "Queue.get", .file = "queue.py"};
	CHECK(wait__judge(&c).class == WAIT_CLASS_UNKNOWN);
	/* room in a full queue */
	frames[3] = (struct frame){
		.address = 4, .function = "Queue.put", .file = "queue.py", .language = "Python"};
	CHECK(wait__judge(&c).class == WAIT_CLASS_UNKNOWN);
	stack.count = 3;
	CHECK(wait__judge(&c).class == WAIT_CLASS_UNKNOWN);
}

TEST(the_gil_of_a_stripped_python)
{
	static const struct frame frames[] = {{.address = 1, .function = "pthread_cond_timedwait"},
					      {.address = 2, .module = "/usr/bin/python3.11"}};
	const struct call_stack stack = {.frames = frames, .count = 2, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_CONDVAR, &stack);

	c.symbol = "_PyRuntime+392";
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_BLOCKED);
	CHECK_STR(wait__judge(&c).what, "Python's GIL");
	CHECK(wait__judge(&c).on_lock);
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
