/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A service with nothing to do: --threads workers each wait for a job on one
 * condition variable, in epoll, on a semaphore, and on a futex of their own.
 */
#include "workload.h"
#include <linux/futex.h>
#include <semaphore.h>
#include <sys/epoll.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t jobs = PTHREAD_COND_INITIALIZER;
static sem_t tickets;
static atomic_int started;

struct worker {
	pid_t tid;
	int kind;
	uint32_t word;
};

FRAME void await_job(struct worker *me, int epoll)
{
	struct epoll_event e;

	switch (me->kind) {
	case 0:
		pthread_mutex_lock(&mutex);
		for (;;)
			pthread_cond_wait(&jobs, &mutex);
	case 1:
		epoll_wait(epoll, &e, 1, -1);
		break;
	case 2:
		sem_wait(&tickets);
		break;
	case 3:
		syscall(SYS_futex, &me->word, FUTEX_WAIT_PRIVATE, 0, NULL);
		break;
	}
	KEEP_FRAME();
}

static void *run_worker(void *arg)
{
	struct worker *me = arg;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	set_name("worker");
	me->tid = my_tid();
	started++;
	for (;;)
		await_job(me, epoll);
	return arg;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "threads");
	int n = 4 * (int)option_number(argc, argv, "threads", 4);
	struct worker *workers = calloc((size_t)n + 1, sizeof(*workers));

	sem_init(&tickets, 0, 0);
	for (int i = 0; i < n; i++) {
		workers[i].kind = i % 4;
		start_thread(run_worker, &workers[i], 65536);
	}
	while (started < n)
		sleep_ns(1000000);
	for (int i = 0; i < n; i++)
		wait_until_blocked(workers[i].tid);
	announcef(&w, "{\"pid\":%d,\"workers\":%d}", (int)getpid(), n);
	stay(&w);
	return 0;
}
