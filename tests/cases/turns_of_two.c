/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who had the lock that an event's thread waited for: "left" and "right" take log_lock in turn, each for 5
 * ms, so that each wait ends with the waiter as the new owner, and each was for the other.
 *
 *   gcc -O2 -g -pthread turns_of_two.c -o turns_of_two [-DRWLOCK]       (also g++ -DCXX: std::mutex;
 * musl-gcc)
 *
 * Perfect answer of events: left waited ... for log_lock, held by right, and right for left, never for
 * itself.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#if defined(CXX)
#include <mutex>
static std::mutex log_lock;
#define LOCK()   log_lock.lock()
#define UNLOCK() log_lock.unlock()
#elif defined(RWLOCK)
static pthread_rwlock_t log_lock = PTHREAD_RWLOCK_INITIALIZER;
#define LOCK()   pthread_rwlock_wrlock(&log_lock)
#define UNLOCK() pthread_rwlock_unlock(&log_lock)
#else
static pthread_mutex_t log_lock;
#define LOCK()   pthread_mutex_lock(&log_lock)
#define UNLOCK() pthread_mutex_unlock(&log_lock)
#endif

static volatile long turns;

__attribute__((noinline)) static void take_turn(void)
{
	LOCK();
	usleep(5000);
	turns++;
	UNLOCK();
	usleep(100);
}

static void *play(void *arg)
{
	prctl(PR_SET_NAME, arg, 0, 0, 0);
	for (;;)
		take_turn();
	return NULL;
}

int main(void)
{
	static char left[] = "left", right[] = "right";
	pthread_t thread;

#if !defined(CXX) && !defined(RWLOCK)
	pthread_mutexattr_t checks; /* musl's normal mutex keeps no owner */

	pthread_mutexattr_init(&checks);
	pthread_mutexattr_settype(&checks, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&log_lock, &checks);
#endif
	pthread_create(&thread, NULL, play, left);
	pthread_create(&thread, NULL, play, right);
	while (turns < 4)
		usleep(1000);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
