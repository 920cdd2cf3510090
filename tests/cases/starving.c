/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lock that is tried again and again in vain (hog.h): hog holds log_mutex, which is not fair, as glibc's
 * are not. Workers are woken in turn, find it taken and wait again. With the argument fair all get the lock,
 * and each wait is a new one. Once a second the program says for how long the longest worker has really been
 * in pthread_mutex_lock.
 *
 *   gcc -O2 -g -pthread starving.c -o starving       (and g++ -x c++ -DCXX: std::mutex)
 *
 * Perfect answer of top: 8 threads wait, up to T, for log_mutex, held by hog, T as the program says (if top
 * began later: at least since then). Of a snapshot: at least the time since the last try.
 */
#include "hog.h"
#include <string.h>

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

static void *hog(void *arg)
{
	go_first();
	for (;;) {
		LOCK();
		usleep(50000);
		UNLOCK();
		hog_leaves();
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

int main(int argc, char **argv)
{
	pthread_t thread;

	fair = argc > 1 && !strcmp(argv[1], "fair");
	start_hog(hog);
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
