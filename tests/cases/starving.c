/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lock that is tried again and again in vain: "hog" holds log_mutex for 50 ms, gives it back and takes it
 * again at once, because glibc's mutex is not fair. Workers are woken in turn, find it taken and wait again.
 * All share a CPU, on which hog goes first (SCHED_FIFO), so that no worker ever gets the lock, unless hog
 * leaves it: with the argument fair it sleeps between two rounds, all get the lock, and each wait is a new
 * one. Once a second the program says for how long the longest worker has really been in pthread_mutex_lock.
 *
 *   gcc -O2 -g -pthread starving.c -o starving       (and g++ -x c++ -DCXX: std::mutex)
 *
 * Perfect answer of top: 8 threads wait, up to T, for log_mutex, held by hog, T as the program says (if top
 * began later: at least since then). Of a snapshot: at least the time since the last try.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WORKERS 8

#ifdef CXX
#include <mutex>
static std::mutex log_mutex;
#define LOCK()   log_mutex.lock()
#define UNLOCK() log_mutex.unlock()
#else
static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;
#define LOCK()   pthread_mutex_lock(&log_mutex)
#define UNLOCK() pthread_mutex_unlock(&log_mutex)
#endif

static volatile long began[WORKERS], taken;
static bool fair;

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

static void *hog(void *arg)
{
	struct sched_param first = {.sched_priority = 1};

	pthread_setname_np(pthread_self(), "hog");
	pthread_setschedparam(pthread_self(), SCHED_FIFO, &first);
	for (;;) {
		LOCK();
		usleep(50000);
		UNLOCK();
		if (fair)
			usleep(20000);
	}
	return arg;
}

static void *work(void *arg)
{
	volatile long *mine = (volatile long *)arg;

	pthread_setname_np(pthread_self(), "worker");
	for (;;) {
		*mine = now_ms();
		LOCK();
		*mine = 0;
		taken++;
		UNLOCK();
	}
	return NULL;
}

static void share_a_cpu(void)
{
	cpu_set_t all, one;

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
		if (CPU_ISSET(i, &all))
			CPU_SET(i, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	fair = argc > 1 && !strcmp(argv[1], "fair");
	share_a_cpu();
	pthread_create(&thread, NULL, hog, NULL);
	usleep(20000);
	for (int i = 0; i < WORKERS; i++)
		pthread_create(&thread, NULL, work, (void *)&began[i]);
	puts("ready");
	for (;;) {
		long longest = 0, now;

		fflush(stdout);
		sleep(1);
		now = now_ms();
		for (int i = 0; i < WORKERS; i++) {
			long since = began[i];

			if (since && now - since > longest)
				longest = now - since;
		}
		printf("longest in the lock: %ld ms, taken %ld times\n", longest, taken);
	}
}
