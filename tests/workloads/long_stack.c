/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The thread deep calls descend --depth times (100), the last of which calls
 * bottom, which waits for deep_mutex, which the main thread holds.
 */
#include "workload.h"

pthread_mutex_t deep_mutex = PTHREAD_MUTEX_INITIALIZER;

static long depth;
static pid_t tid;
static atomic_bool started;

FRAME void bottom(void)
{
	pthread_mutex_lock(&deep_mutex);
	KEEP_FRAME();
}

FRAME void descend(long left)
{
	if (left > 1)
		descend(left - 1);
	else
		bottom();
	KEEP_FRAME();
}

static void *run_deep(void *arg)
{
	set_name("deep");
	tid = my_tid();
	started = true;
	descend(depth);
	KEEP_FRAME();
	return arg;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "depth");

	depth = option_number(argc, argv, "depth", 100);
	pthread_mutex_lock(&deep_mutex);
	start_thread(run_deep, NULL, 65536 + (size_t)depth * 256);
	while (!started)
		sleep_ns(1000000);
	wait_until_blocked(tid);
	announcef(&w,
		  "{\"pid\":%d,\"tid\":%d,\"depth\":%ld,\"lock\":\"deep_mutex\",\"address\":\"%p\",\"owner_"
		  "tid\":%d}",
		  (int)getpid(), (int)tid, depth, (void *)&deep_mutex, (int)getpid());
	stay(&w);
	return 0;
}
