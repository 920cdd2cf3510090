/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A busy lock that goes from hand to hand: 8 workers compute for some milliseconds with work_lock held, give
 * it back and sleep. None of them ever sleeps with the lock.
 *
 *   gcc -O2 -g -pthread handed_on.c -o handed_on
 *
 * Perfect answer: work_lock is held by a worker that is running or runnable, never by one that sleeps.
 */
#include "case.h"

/* -DRWLOCK: an rwlock, which each wants for writing. */
#ifdef RWLOCK
static pthread_rwlock_t work_lock = PTHREAD_RWLOCK_INITIALIZER;
#define take() pthread_rwlock_wrlock(&work_lock)
#define give() pthread_rwlock_unlock(&work_lock)
#else
static pthread_mutex_t work_lock = PTHREAD_MUTEX_INITIALIZER;
#define take() pthread_mutex_lock(&work_lock)
#define give() pthread_mutex_unlock(&work_lock)
#endif

static void *work(void *arg)
{
	for (;;) {
		take();
		for (volatile int i = 0; i < 2000000; i++)
			;
		give();
		sleep_ns(2000000);
	}
	return arg;
}

int main(void)
{
	pthread_t thread;

	for (int i = 0; i < 8; i++)
		pthread_create(&thread, NULL, work, NULL);
	sleep_ns(300000000);
	tell("ready");
	for (;;)
		sleep_on();
}
