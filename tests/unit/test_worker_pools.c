/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools of Java and Python all of whose threads hang: only where all of them are known to. */
#include "model/findings/worker_pools.h"
#include "samples.h"

static struct frame in_java[] = {
	{.function = "stat"},
	{.function = "java.io.UnixFileSystem.getLength0", .language = "Java"},
	{.function = "java.util.concurrent.ThreadPoolExecutor$Worker.run", .language = "Java"}};
static struct frame in_fork_join[] = {
	{.function = "stat"},
	{.function = "java.util.concurrent.ForkJoinWorkerThread.run", .language = "Java"}};
static struct frame in_python[] = {{.function = "poll"},
				   {.function = "_worker",
				    .language = "Python",
				    .file = "/usr/lib/python3.11/concurrent/futures/thread.py"}};
static struct frame native[] = {{.function = "poll"}, {.function = "_worker"}};

#define STACK(list)           \
	((struct call_stack){ \
		.frames = (list), .count = sizeof(list) / sizeof(*(list)), .end = STACK_COMPLETE})

static struct thread_row rows[8];
static const struct thread_row *list[8];
static struct arena arena;

/* The main thread, and others that the names are of, with this stack. */
static struct naming program(const char *const *names, size_t count, struct call_stack stack)
{
	memset(rows, 0, sizeof(rows));
	rows[0] = (struct thread_row){.pid = 10, .tid = 10, .name = "main"};
	for (size_t i = 0; i < count; i++)
		rows[i + 1] = (struct thread_row){
			.pid = 10, .tid = 11 + (pid_t)i, .name = names[i], .blocked = true, .stack = stack};
	for (size_t i = 0; i < 8; i++)
		list[i] = &rows[i + 1 < 8 ? i + 1 : 7];
	return (struct naming){.threads = rows, .thread_count = count + 1, .by_tid = true};
}

/* What is said of the first hanging threads. */
static const char *says_of(const struct naming *n, size_t hanging)
{
	arena__free(&arena);
	return worker_pools__text(&arena, n, list, hanging);
}

TEST(pools_of_java_by_their_threads_names)
{
	static const char *const NAMES[] = {"pool-1-thread-1", "pool-1-thread-2", "pool-1-thread-10",
					    "pool-2-thread-1", "reader"};
	struct naming n = program(NAMES, 5, STACK(in_java));

	CHECK_STR(says_of(&n, 3), "; they are all 3 threads of pool-1");
	CHECK_STR(says_of(&n, 2), ""); /* the third does something else */
	CHECK_STR(says_of(&n, 5), "; 3 of them are all threads of pool-1");
	rows[4].pid = 11; /* of another process */
	CHECK_STR(says_of(&n, 3), "; they are all 3 threads of pool-1");
	rows[3].stack = STACK(native); /* has the name alone */
	CHECK_STR(says_of(&n, 3), "");
	rows[1].name = "pool-1-thread-1x";
	rows[2].name = NULL;
	CHECK_STR(says_of(&n, 2), "");
}

TEST(other_names_of_javas_pools)
{
	static const char *const COMMON[] = {"ForkJoinPool.commonPool-worker-1",
					     "ForkJoinPool.commonPool-worker-2"};
	static const char *const OWN[] = {"db-7"}, *const DIGITS[] = {"12", "13"};
	struct naming n = program(COMMON, 2, STACK(in_fork_join));

	CHECK_STR(says_of(&n, 2), "; they are all 2 threads of ForkJoinPool.commonPool");
	n = program(OWN, 1, STACK(in_java));
	CHECK_STR(says_of(&n, 1), "; it is the only thread of db");
	n = program(DIGITS, 2, STACK(in_java));
	CHECK_STR(says_of(&n, 2), "");
}

TEST(executors_of_python_by_their_stacks)
{
	static const char *const NAMES[] = {"python3", "python3", "python3", "python3"};
	struct naming n = program(NAMES, 4, STACK(in_python));

	CHECK_STR(says_of(&n, 4), "; they are all 4 threads of concurrent.futures");
	CHECK_STR(says_of(&n, 3), "");
	rows[4].stack = STACK(native); /* a thread of something else */
	CHECK_STR(says_of(&n, 3), "; they are all 3 threads of concurrent.futures");
	CHECK_STR(says_of(&n, 4), "; 3 of them are all threads of concurrent.futures");
	rows[4].stack = (struct call_stack){0}; /* it may be a fourth worker */
	CHECK_STR(says_of(&n, 3), "");
	rows[4].stack = STACK(in_python);
	rows[4].stack.end = STACK_TRUNCATED;
	rows[4].stack.count = 1;
	CHECK_STR(says_of(&n, 3), "");
	n = program(NAMES, 4, STACK(native));
	CHECK_STR(says_of(&n, 4), "");
}

TEST_MAIN
