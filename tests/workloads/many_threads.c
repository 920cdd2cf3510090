/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --threads threads (2,000) that all wait for pool_mutex, which the main thread
 * holds, through --stacks (5) different numbers of calls of descend: 1 and up.
 */
#include "workload.h"

pthread_mutex_t pool_mutex = PTHREAD_MUTEX_INITIALIZER;

struct worker {
	pid_t tid;
	long depth;
	atomic_bool started;
};

FRAME void take_job(void)
{
	pthread_mutex_lock(&pool_mutex);
	KEEP_FRAME();
}

FRAME void descend(long depth)
{
	if (depth > 1)
		descend(depth - 1);
	else
		take_job();
	KEEP_FRAME();
}

static void *run_worker(void *arg)
{
	struct worker *me = arg;
	char name[16];

	snprintf(name, sizeof(name), "depth-%ld", me->depth);
	set_name(name);
	me->tid = my_tid();
	me->started = true;
	descend(me->depth);
	KEEP_FRAME();
	return arg;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "threads stacks");
	size_t n = (size_t)option_number(argc, argv, "threads", 2000);
	long stacks = option_number(argc, argv, "stacks", 5);
	struct worker *workers = calloc(n + 1, sizeof(*workers));
	unsigned long switches;

	pthread_mutex_lock(&pool_mutex);
	wait_for_go(&w);
	for (size_t i = 0; i < n; i++) {
		workers[i].depth = 1 + (long)i % stacks;
		start_thread(run_worker, &workers[i], 32768);
	}
	for (size_t i = 0; i < n; i++)
		while (!workers[i].started || thread_state(workers[i].tid, &switches) != 'S')
			sleep_ns(1000000);
	announcef(&w,
		  "{\"pid\":%d,\"threads\":%zu,\"stacks\":%ld,\"lock\":\"pool_mutex\",\"address\":\"%p\","
		  "\"owner_tid\":%d}",
		  (int)getpid(), n + 1, stacks, (void *)&pool_mutex, (int)getpid());
	stay(&w);
	return 0;
}
