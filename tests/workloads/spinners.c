/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --threads N (1) threads that never stop computing, each by spinner > outer_loop > inner_loop, and --nappers
 * N (0) that compute for --nap (200) microseconds and sleep as long, by napper > nap_work or napper >
 * nap_sleep; --waiters N (0) wait for spin_mutex, which the first spinner holds.
 */
#include "workload.h"

pthread_mutex_t spin_mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile unsigned long counter;
static uint64_t nap_ns;

FRAME static void inner_loop(uint64_t until_ns)
{
	while (!until_ns || now_ns() < until_ns)
		for (int i = 0; i < 1000; i++)
			counter++;
	KEEP_FRAME();
}

FRAME static void outer_loop(void)
{
	inner_loop(0);
	KEEP_FRAME();
}

FRAME static void *spinner(void *arg)
{
	set_name("spinner");
	pthread_mutex_trylock(&spin_mutex);
	outer_loop();
	KEEP_FRAME();
	return arg;
}

FRAME static void nap_work(void)
{
	inner_loop(now_ns() + nap_ns);
	KEEP_FRAME();
}

FRAME static void nap_sleep(void)
{
	sleep_ns(nap_ns);
	KEEP_FRAME();
}

FRAME static void *napper(void *arg)
{
	set_name("napper");
	for (;;) {
		nap_work();
		nap_sleep();
	}
	return arg;
}

static void *waiter(void *arg)
{
	set_name("waiter");
	pthread_mutex_lock(&spin_mutex);
	return arg;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "threads nappers waiters nap");
	long threads = option_number(argc, argv, "threads", 1),
	     nappers = option_number(argc, argv, "nappers", 0);
	long waiters = option_number(argc, argv, "waiters", 0), all = threads + nappers + waiters + 1;

	nap_ns = (uint64_t)option_number(argc, argv, "nap", 200) * 1000;
	for (long i = 0; i < threads; i++)
		start_thread(spinner, NULL, 65536);
	while (threads && !counter)
		sleep_ns(1000000);
	for (long i = 0; i < nappers; i++)
		start_thread(napper, NULL, 65536);
	for (long i = 0; i < waiters; i++)
		start_thread(waiter, NULL, 65536);
	while (thread_count() < all)
		sleep_ns(1000000);
	announcef(&w, "{\"pid\":%d,\"threads\":%ld}", (int)getpid(), all);
	stay(&w);
	return 0;
}
