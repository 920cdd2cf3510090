/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two consumers wait for jobs of "queue", which "producer" puts there every 300 ms, and two for jobs of
 * "forgotten", which nobody puts there. Nothing is wrong as far as can be known: consumers may be idle.
 *
 * Perfect: who signalled queue last; that nobody has been seen to signal forgotten since attach, and for how
 * long. No finding.
 */
#include "case.h"

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	int jobs;
};

static struct queue queue = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
static struct queue forgotten = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};

static void take(struct queue *q)
{
	for (;;) {
		pthread_mutex_lock(&q->lock);
		while (!q->jobs)
			pthread_cond_wait(&q->filled, &q->lock);
		q->jobs--;
		pthread_mutex_unlock(&q->lock);
	}
}

static void consume(void)
{
	take(&queue);
}

static void wait_for_ever(void)
{
	take(&forgotten);
}

static void produce(void)
{
	for (;;) {
		pthread_mutex_lock(&queue.lock);
		queue.jobs++;
		pthread_cond_signal(&queue.filled);
		pthread_mutex_unlock(&queue.lock);
		sleep_ns(300000000);
	}
}

int main(void)
{
	pid_t producer;

	for (int i = 0; i < 2; i++) {
		start_blocked("consumer", consume);
		start_blocked("forgotten", wait_for_ever);
	}
	producer = start_named("producer", produce);
	tell("ready producer=%d", producer);
	for (;;)
		pause();
}
