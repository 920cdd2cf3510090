/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits of threads in the runtimes of Java and Python, and in jemalloc. */
#include "judge.h"

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

/* Its main thread has started the thread of the program, and joins it. */
TEST(the_launcher_of_java)
{
	struct frame frames[] = {{.address = 1, .function = "pthread_join", .module = "/lib/libc.so.6"},
				 {.address = 2, .function = "CallJavaMainInNewThread"}};
	const struct call_stack stack = {.frames = frames, .count = 2, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_JOIN, &stack);

	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_IDLE);
	frames[1].function = "stop_workers";
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

/* Several wait on one word; the module's functions have no names. */
TEST(a_simple_queue_of_a_stripped_python)
{
	struct frame frames[] = {
		{.address = 1, .function = "PyThread_acquire_lock_timed", .module = "/usr/bin/python3.11"},
		{.address = 2, .module = "/usr/lib/python3.11/lib-dynload/_queue.cpython-311.so"},
		{.address = 3, .module = "/usr/bin/python3.11"},
		{.address = 4,
		 .function = "_worker",
		 .file = "/usr/lib/python3.11/thread.py",
		 .language = "Python"}};
	const struct call_stack stack = {.frames = frames, .count = 4, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_SEMAPHORE, &stack);

	c.same_word = 4;
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_IDLE);
	CHECK(!wait__judge(&c).on_lock);
	frames[1].module = "/usr/lib/python3.11/lib-dynload/_thread.so";
	CHECK(wait__judge(&c).on_lock);
	frames[3].function = "Thread._wait_for_tstate_lock";
	frames[3].file = "/usr/lib/python3.11/threading.py";
	CHECK_STR(wait__judge(&c).what, "the end of a Thread of Python");
	CHECK(!wait__judge(&c).on_lock);
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

TEST(a_critical_section_of_openmp)
{
	static const struct frame frames[] = {{.address = 1, .module = "/usr/lib/libgomp.so.1"},
					      {.address = 2, .function = "update"}};
	const struct call_stack stack = {.frames = frames, .count = 2, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_FUTEX, &stack);

	c.symbol = ".gomp_critical_user_table";
	CHECK_STR(wait__judge(&c).what, "a critical section of OpenMP");
	CHECK(wait__judge(&c).on_lock);
}

TEST(the_vm_lock_of_ruby)
{
	static const struct frame frames[] = {{.address = 1, .function = "rb_thread_wait_for"}};
	const struct call_stack stack = {.frames = frames, .count = 1, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_MUTEX, &stack);

	c.symbol = "Ruby's VM lock";
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_BLOCKED);
	CHECK_STR(wait__judge(&c).what, "Ruby's VM lock");
	CHECK(wait__judge(&c).on_lock);
}

#define LOOP(kind, ...) JUDGE(kind, __VA_ARGS__).event_loop

TEST(event_loops_that_stand)
{
	CHECK_STR(LOOP(WAIT_READ, "read", "on_timer", "event_base_loop", "main"), "libevent");
	CHECK_STR(CLASS(WAIT_READ, "read", "on_timer", "event_base_loop", "main"), "blocked");
	CHECK_STR(LOOP(WAIT_SLEEP, "clock_nanosleep", "on_timer", "ev_run", "main"), "libev");
	CHECK_STR(LOOP(WAIT_MUTEX, "pthread_mutex_lock", "on_timer", "uv__run_timers", "uv_run", "main"),
		  "libuv");
	CHECK_STR(LOOP(WAIT_POLL, "poll", "fetch", "aeProcessEvents", "aeMain", "main"), "ae of Redis");
	/* it waits for its next event */
	CHECK(!LOOP(WAIT_POLL, "epoll_wait", "epoll_dispatch", "event_base_loop", "main"));
	CHECK_STR(CLASS(WAIT_POLL, "epoll_wait", "epoll_dispatch", "event_base_loop", "main"), "idle");
	CHECK(!LOOP(WAIT_POLL, "epoll_pwait", "uv__io_poll", "uv_run", "node::SpinEventLoopInternal",
		    "main"));
	CHECK(!LOOP(WAIT_POLL, "epoll_wait", "aeApiPoll", "aeProcessEvents", "aeMain", "main"));
	/* a loop within a callback goes on; but not that of execSync */
	CHECK(!LOOP(WAIT_POLL, "epoll_wait", "epoll_dispatch", "event_base_loop", "ask", "event_base_loop",
		    "main"));
	CHECK_STR(LOOP(WAIT_POLL, "epoll_pwait", "uv__io_poll", "uv_run",
		       "node::SyncProcessRunner::TryInitializeAndRunLoop", "uv__run_timers", "uv_run",
		       "main"),
		  "libuv");
	CHECK_STR(JUDGE(WAIT_POLL, "epoll_pwait", "uv__io_poll", "uv_run",
			"node::SyncProcessRunner::TryInitializeAndRunLoop", "uv__run_timers", "uv_run",
			"main")
			  .what,
		  "the end of a child process");
	/* a loop is not the program's start, nor another function of that name */
	CHECK(!LOOP(WAIT_READ, "read", "load_settings", "main"));
	CHECK(!LOOP(WAIT_READ, "read", "uv_run_all", "main"));
}

/* A frame without a name may be where the loop itself waits. */
TEST(workers_of_node)
{
	static const struct frame frames[] = {
		{.address = 1, .function = "pthread_cond_wait"},
		{.address = 2, .function = "v8::internal::FutexEmulation::WaitSync<int>", .module = "node"},
		{.address = 3, .function = "uv_run", .module = "node"},
		{.address = 4, .function = "node::worker::Worker::Run()", .module = "node"}};
	struct call_stack stack = {.frames = frames, .count = 4, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_CONDVAR, &stack);

	CHECK(!wait__judge(&c).event_loop);
	CHECK_STR(wait__judge(&c).what, "Atomics.wait()");
	CHECK_EQ(wait__judge(&c).class, WAIT_CLASS_UNKNOWN);
	stack.count = 3;
	CHECK_STR(wait__judge(&c).event_loop, "libuv");
}

TEST(event_loops_without_names)
{
	static const struct frame frames[] = {
		{.address = 1, .function = "epoll_wait", .module = "/lib/libc.so.6"},
		{.address = 2, .module = "/lib/libuv.so.1"},
		{.address = 3, .function = "uv_run", .module = "/lib/libuv.so.1"},
		{.address = 4, .module = "/usr/bin/served"}};
	static const struct frame callback[] = {
		{.address = 1, .function = "poll", .module = "/lib/libc.so.6"},
		{.address = 2, .module = "/usr/bin/served"},
		{.address = 3, .function = "uv_run", .module = "/lib/libuv.so.1"}};
	struct call_stack stack = {.frames = frames, .count = 4, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_POLL, &stack);

	CHECK(!wait__judge(&c).event_loop);
	c.kind = WAIT_READ; /* it never waits in that */
	CHECK_STR(wait__judge(&c).event_loop, "libuv");
	stack = (struct call_stack){.frames = callback, .count = 3, .end = STACK_COMPLETE};
	c.kind = WAIT_POLL;
	CHECK_STR(wait__judge(&c).event_loop, "libuv");
}

TEST(event_loops_of_python)
{
	struct frame frames[] = {
		{.address = 1, .function = "clock_nanosleep"},
		{.address = 2, .function = "fetch", .file = "/srv/app.py", .language = "Python"},
		{.address = 3,
		 .function = "Handle._run",
		 .file = "/lib/asyncio/events.py",
		 .language = "Python"},
		{.address = 4,
		 .function = "BaseEventLoop._run_once",
		 .file = "/lib/asyncio/base_events.py",
		 .language = "Python"}};
	struct call_stack stack = {.frames = frames, .count = 4, .end = STACK_COMPLETE};
	struct wait_case c = in(WAIT_SLEEP, &stack);

	CHECK_STR(wait__judge(&c).event_loop, "asyncio");
	c.kind = WAIT_POLL; /* of a socket, in a coroutine */
	CHECK_STR(wait__judge(&c).event_loop, "asyncio");
	frames[2] = (struct frame){.address = 3,
				   .function = "EpollSelector.select",
				   .file = "selectors.py",
				   .language = "Python"};
	CHECK(!wait__judge(&c).event_loop);
	frames[3].file = "/srv/base.py";
	c.kind = WAIT_SLEEP;
	CHECK(!wait__judge(&c).event_loop);
}

/* Functions of libstdc++ that are inlined into each other. */
TEST(waits_of_cpp20)
{
	CHECK_STR(JUDGE(WAIT_FUTEX, "syscall", "std::__detail::__platform_wait<int>",
			"std::__atomic_wait_address<int, std::latch::wait() const::{lambda()#1}>", "run")
			  .what,
		  "a std::latch to be counted down");
	CHECK_STR(JUDGE(WAIT_FUTEX, "syscall", "std::__detail::__platform_wait<int>",
			"std::__tree_barrier<std::__empty_completion>::wait", "run")
			  .what,
		  "the other threads at a std::barrier");
	CHECK_STR(
		CLASS(WAIT_FUTEX, "syscall", "std::__atomic_futex_unsigned_base::_M_futex_wait_until", "run"),
		"blocked");
	CHECK_STR(
		CLASS(WAIT_FUTEX, "syscall", "std::__detail::__platform_wait<int>",
		      "std::__atomic_wait_address_bare<std::__atomic_semaphore::_M_acquire()::{lambda()#1}>",
		      "run"),
		"unknown");
}

TEST_MAIN
