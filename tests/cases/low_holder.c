/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lock's owner of low priority beside a busy thread: "indexer" (SCHED_IDLE, or nice 19 with the argument
 * nice) and "burner" (usual) share CPU 0, or the first that may be used. indexer computes with index_lock
 * held, and 3 workers want it. The mutex checks errors, so that musl's, too, knows its owner.
 *
 *   gcc -O2 -g -pthread low_holder.c -o low_holder       (and musl-gcc)
 *
 * Perfect answer: 3 threads wait for index_lock, held by indexer (TID), which is runnable, but without a CPU
 * for so long (SCHED_IDLE; burner (TID) has CPU N).
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WORKERS 3

static pthread_mutex_t index_lock;
static const char *low;
static volatile int held;

static void share_a_cpu(void)
{
	cpu_set_t all, one;

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &all))
			continue;
		CPU_SET(i, &one);
		break;
	}
	sched_setaffinity(0, sizeof(one), &one);
}

static void *burn(void *arg)
{
	prctl(PR_SET_NAME, "burner", 0, 0, 0);
	share_a_cpu();
	for (;;)
		held = held;
	return arg;
}

static void *hold(void *arg)
{
	struct sched_param none = {0};

	prctl(PR_SET_NAME, "indexer", 0, 0, 0);
	pthread_mutex_lock(&index_lock);
	held = 1;
	share_a_cpu();
	if (!strcmp(low, "nice"))
		setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 19);
	else /* by the call, because musl's function refuses it */
		syscall(SYS_sched_setscheduler, 0, SCHED_IDLE, &none);
	for (;;)
		held = 1;
	return arg;
}

static void *work(void *arg)
{
	prctl(PR_SET_NAME, "worker", 0, 0, 0);
	pthread_mutex_lock(&index_lock);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_mutexattr_t checks;
	pthread_t thread;

	low = argc > 1 ? argv[1] : "idle";
	pthread_mutexattr_init(&checks);
	pthread_mutexattr_settype(&checks, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&index_lock, &checks);
	pthread_create(&thread, NULL, hold, NULL);
	while (!held)
		usleep(1000);
	for (int i = 0; i < WORKERS; i++)
		pthread_create(&thread, NULL, work, NULL);
	for (int i = 0; i < 2; i++) /* one to have the CPU, if another is looked at */
		pthread_create(&thread, NULL, burn, NULL);
	usleep(500000); /* they have waited for long enough to be said */
	puts("ready");
	fflush(stdout);
	pause();
}
