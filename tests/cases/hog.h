/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For C and C++: a lock that is tried in vain. "hog" holds it for 50 ms, gives it back and takes it again at
 * once. All threads share a CPU, on which hog goes first (SCHED_FIFO): whoever is woken finds the lock taken.
 * With fair, hog sleeps between two rounds, and all get the lock.
 */
#ifndef HOG_H
#define HOG_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static bool fair;

static inline long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

static inline void share_a_cpu(void)
{
	cpu_set_t all, one;

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
		if (CPU_ISSET(i, &all))
			CPU_SET(i, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

static inline void go_first(void)
{
	struct sched_param first = {.sched_priority = 1};

	pthread_setname_np(pthread_self(), "hog");
	pthread_setschedparam(pthread_self(), SCHED_FIFO, &first);
}

/* Between two rounds with the lock. */
static inline void hog_leaves(void)
{
	if (fair)
		usleep(20000);
}

/* It holds the lock when this returns. */
static inline void start_hog(void *(*hog)(void *))
{
	pthread_t thread;

	share_a_cpu();
	pthread_create(&thread, NULL, hog, NULL);
	usleep(20000);
}

#endif
