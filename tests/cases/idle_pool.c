// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * idle_pool: eight workers wait for jobs in two queues of their own, and two threads for something that is
 * not known to be work.
 *
 * Perfect: two locks where idle workers wait, in one line; the third is shown.
 */
#include "case.h"
#include <pthread.h>

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	int jobs;
};

static struct queue queues[3] = {
	{PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0},
	{PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0},
	{PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0},
};

static __attribute__((noinline)) void next_job(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	while (!q->jobs)
		pthread_cond_wait(&q->filled, &q->lock);
	pthread_mutex_unlock(&q->lock);
}

static void *worker_loop(void *queue)
{
	next_job(queue);
	return NULL;
}

static __attribute__((noinline)) void follow(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	while (q->jobs < 2)
		pthread_cond_wait(&q->filled, &q->lock);
	pthread_mutex_unlock(&q->lock);
}

static void *stage(void *queue)
{
	follow(queue);
	return NULL;
}

int main(void)
{
	pthread_t t;

	for (int i = 0; i < 8; i++)
		pthread_create(&t, NULL, worker_loop, &queues[i % 2]);
	for (int i = 0; i < 2; i++)
		pthread_create(&t, NULL, stage, &queues[2]);
	usleep(300000);
	puts("ready");
	fflush(stdout);
	pause();
}
