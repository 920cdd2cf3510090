/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lock's owner that is throttled: "holder" computes for 20 ms of CPU time with cache_lock held, again and
 * again, and 8 workers want the lock. With an argument, the folder of a new CPU cgroup (version 1 or 2), the
 * process moves there and limits itself to 5 % of a CPU.
 *
 *   gcc -O2 -g -pthread quota_holder.c -o quota_holder && mkdir CGROUP && ./quota_holder CGROUP
 *
 * Perfect answer: 8 threads wait for cache_lock, held by holder (TID), which is runnable, but throttled for
 * so long: its cgroup CGROUP may use 0.05 CPUs and was throttled in so many of so many periods of 100 ms.
 */
#define _GNU_SOURCE
#include "cgroup.h"
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define WORKERS 8

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;

static long cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

__attribute__((noinline)) static void compute(void)
{
	long end = cpu_ns() + 20000000;

	while (cpu_ns() < end)
		for (volatile int i = 0; i < 1000; i++)
			;
}

static void *hold(void *arg)
{
	pthread_setname_np(pthread_self(), "holder");
	for (;;) {
		pthread_mutex_lock(&cache_lock);
		compute();
		pthread_mutex_unlock(&cache_lock);
	}
	return arg;
}

static void *work(void *arg)
{
	pthread_setname_np(pthread_self(), "worker");
	for (;;) {
		pthread_mutex_lock(&cache_lock);
		pthread_mutex_unlock(&cache_lock);
		usleep(5000);
	}
	return arg;
}

static void limit(const char *cgroup)
{
	static const struct cgroup_limit v1[] = {{"cpu.cfs_period_us", "100000"},
						 {"cpu.cfs_quota_us", "5000"}};

	enter_cgroup(cgroup, (struct cgroup_limit){"cpu.max", "5000 100000"}, v1);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc > 1)
		limit(argv[1]);
	pthread_create(&thread, NULL, hold, NULL);
	for (int i = 0; i < WORKERS; i++)
		pthread_create(&thread, NULL, work, NULL);
	sleep(1); /* some periods */
	puts("ready");
	fflush(stdout);
	pause();
}
