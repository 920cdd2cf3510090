/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main thread joins a worker while it holds state_lock, which the worker wants.
 *
 * Perfect: a deadlock of two threads: each by name, the lock by name.
 */
#include "case.h"

static pthread_mutex_t state_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic pid_t worker;

static void *work(void *arg)
{
	set_name("worker");
	worker = my_tid();
	pthread_mutex_lock(&state_lock);
	pthread_mutex_unlock(&state_lock);
	return arg;
}

static void *watch(void *arg)
{
	wait_until_still(getpid());
	wait_until_still(worker);
	tell("ready");
	for (;;)
		pause();
	return arg;
}

int main(void)
{
	pthread_t joined, watcher;

	pthread_mutex_lock(&state_lock);
	pthread_create(&joined, NULL, work, NULL);
	while (!worker)
		sleep_ns(1000000);
	pthread_create(&watcher, NULL, watch, NULL);
	pthread_join(joined, NULL);
	pthread_mutex_unlock(&state_lock);
}
