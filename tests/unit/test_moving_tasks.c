/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads of runtimes that move their tasks, by name. */
#include "waits/moving_tasks.h"

#include "test.h"

TEST(threads_of_runtimes_that_move_tasks)
{
	static const char *const NAMES[] = {"ForkJoinPool-1-", "ForkJoi..rker-1", "tokio-runtime-w",
					    "erts_dios_3",     "libuv-worker",    "node",
					    "DefaultDispatch", ".NET TP Worker"};

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		CHECK(moving_tasks__runs(NAMES[i]));
}

TEST(other_threads)
{
	static const char *const NAMES[] = {"",       "java",      "python3", "postgres", "redis-server",
					    "worker", "log-writer"};

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		CHECK(!moving_tasks__runs(NAMES[i]));
}

TEST_MAIN
