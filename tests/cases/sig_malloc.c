/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A handler calls malloc() while the malloc() or free() that it interrupts holds the heap's lock: "daemon"
 * waits for itself. Three workers allocate, too.
 *
 * Perfect: a likely deadlock: daemon waits for a malloc lock that it holds itself; others may wait behind it.
 */
#include "case.h"
#include <stdlib.h>
#include <sys/time.h>

static atomic_ulong handled;

static void *use_heap(size_t size)
{
	void *volatile p = malloc(size);

	free(p);
	return p;
}

static void on_alarm(int number)
{
	(void)number;
	use_heap(3000);
	handled++;
}

static void *worker(void *arg)
{
	for (;;) {
		use_heap(5000);
		usleep(1000);
	}
	return arg;
}

static void *daemon_thread(void *arg)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	prctl(PR_SET_NAME, "daemon");
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	for (;;)
		use_heap(4000);
	return arg;
}

int main(void)
{
	struct itimerval often = {{0, 300}, {0, 300}};
	unsigned long before;
	pthread_t t;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGALRM, on_alarm);
	for (int i = 0; i < 3; i++)
		pthread_create(&t, NULL, worker, NULL);
	pthread_create(&t, NULL, daemon_thread, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	do {
		before = handled;
		sleep(1);
	} while (handled != before);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
