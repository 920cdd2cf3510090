/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plain_mutex convoy: "slow" takes a plain mutex of musl, which keeps no owner, and sleeps with it for good;
 * 6 workers want it, too. Another thread, "idler", uses the mutex as well and has none now. plain_mutex
 * circle: "left" and "right" take two such mutexes in different orders.
 *
 * Perfect: 6 threads wait, up to T, for the_lock, likely held by slow, which has been in nanosleep for T; or:
 * a likely deadlock of 2 threads, and what that rests on.
 */
#include <sys/prctl.h>

#include "case.h"

static pthread_mutex_t the_lock = PTHREAD_MUTEX_INITIALIZER, other_lock = PTHREAD_MUTEX_INITIALIZER;
static volatile int shared;

__attribute__((noinline)) static void hold(pthread_mutex_t *lock, unsigned int seconds)
{
	pthread_mutex_lock(lock);
	shared++;
	sleep(seconds);
	shared++;
	pthread_mutex_unlock(lock);
}

static void *slow(void *arg)
{
	prctl(PR_SET_NAME, "slow");
	hold(&the_lock, 1000);
	return arg;
}

static void *idler(void *arg)
{
	prctl(PR_SET_NAME, "idler");
	hold(&the_lock, 0);
	sleep(1000);
	hold(&the_lock, 0);
	return arg;
}

static void *worker(void *arg)
{
	prctl(PR_SET_NAME, "worker");
	hold(&the_lock, 0);
	return arg;
}

__attribute__((noinline)) static void take_both(pthread_mutex_t *first, pthread_mutex_t *second)
{
	pthread_mutex_lock(first);
	usleep(200000);
	hold(second, 0);
	pthread_mutex_unlock(first);
}

static void *left(void *arg)
{
	prctl(PR_SET_NAME, "left");
	take_both(&the_lock, &other_lock);
	return arg;
}

static void *right(void *arg)
{
	prctl(PR_SET_NAME, "right");
	take_both(&other_lock, &the_lock);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t;

	if (argc > 1 && !strcmp(argv[1], "circle")) {
		pthread_create(&t, NULL, left, NULL);
		pthread_create(&t, NULL, right, NULL);
	} else {
		pthread_create(&t, NULL, idler, NULL);
		usleep(200000);
		pthread_create(&t, NULL, slow, NULL);
		usleep(200000);
		for (int i = 0; i < 6; i++)
			pthread_create(&t, NULL, worker, NULL);
	}
	sleep(2);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
