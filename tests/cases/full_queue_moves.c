/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Four producers and a bounded queue, whose consumer takes 3.5 s for each item: each producer waits 14 s for
 * room.
 *
 * Perfect: no warning: the queue moves.
 */
#include "case.h"

static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t room = PTHREAD_COND_INITIALIZER, filled = PTHREAD_COND_INITIALIZER;
static int items;

FRAME static void enqueue(void)
{
	pthread_mutex_lock(&own);
	while (items == 1)
		pthread_cond_wait(&room, &own);
	items++;
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&own);
	KEEP_FRAME();
}

static void produce(void)
{
	while (true)
		enqueue();
}

static void consume(void)
{
	while (true) {
		pthread_mutex_lock(&own);
		while (!items)
			pthread_cond_wait(&filled, &own);
		items--;
		pthread_cond_signal(&room);
		pthread_mutex_unlock(&own);
		sleep_ns(3500000000);
	}
}

int main(void)
{
	for (int i = 0; i < 4; i++)
		start_named("producer", produce);
	start_named("consumer", consume);
	sleep_ns(13000000000);
	tell("ready");
	sleep_on();
}
