/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A queue with a mutex and a condition variable of its own, by the argument:
 *   turns   four workers take turns, by a mutex, at waiting for the next item
 *   poll    they take turns at waiting for connections, by poll of two listeners
 *   nested  the consumer keeps a mutex while it waits for an item, which producers can give only with it
 *
 * Perfect: of turns and poll, no warning: nobody is held up. Of nested: 2 threads wait for table, held by
 * consumer, which has waited for the condition variable.
 */
#include "case.h"
#include <poll.h>
#include <sys/socket.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER, table = PTHREAD_MUTEX_INITIALIZER,
		       own = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static struct pollfd listeners[2] = {{.events = POLLIN}, {.events = POLLIN}};
static bool polls;
static int items;

FRAME static void take_one(void)
{
	pthread_mutex_lock(&own);
	while (!items)
		pthread_cond_wait(&filled, &own);
	items--;
	pthread_mutex_unlock(&own);
}

FRAME static void serve(void)
{
	pthread_mutex_lock(&turn);
	take_one();
	pthread_mutex_unlock(&turn);
	KEEP_FRAME();
}

FRAME static void serve_clients(void)
{
	pthread_mutex_lock(&turn);
	if (poll(listeners, 2, -1) < 0)
		die("poll");
	pthread_mutex_unlock(&turn);
	KEEP_FRAME();
}

FRAME static void consume(void)
{
	pthread_mutex_lock(&table);
	take_one();
	pthread_mutex_unlock(&table);
	KEEP_FRAME();
}

FRAME static void produce(void)
{
	pthread_mutex_lock(&table);
	pthread_mutex_lock(&own);
	items++;
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&own);
	pthread_mutex_unlock(&table);
	KEEP_FRAME();
}

static void work(void)
{
	while (true) {
		if (polls)
			serve_clients();
		else
			serve();
	}
}

int main(int argc, char **argv)
{
	bool nested = argc == 2 && !strcmp(argv[1], "nested");
	pid_t consumer;

	polls = argc == 2 && !strcmp(argv[1], "poll");
	for (int i = 0; i < 2; i++) {
		listeners[i].fd = socket(AF_INET, SOCK_STREAM, 0);
		if (listen(listeners[i].fd, 8))
			die("listen");
	}
	consumer = nested ? start_blocked("consumer", consume) : 0;

	for (int i = 0; i < (nested ? 2 : 4); i++)
		start_blocked(nested ? "producer" : "worker", nested ? produce : work);
	sleep_ns(1200000000);
	tell("ready consumer=%d", (int)consumer);
	sleep_on();
}
