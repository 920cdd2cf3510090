/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes --short threads that end at once (20,000, by make_short) and --stay
 * threads that stay (200, by leak_thread, called by grow_pool, called by main)
 * as fast as it can, or the staying ones --pause-ms after each other, then
 * stays. Ready: all short ones are gone.
 */
#include "workload.h"

#define WINDOW 128 /* short threads alive at most */

static void *run_short(void *arg)
{
	return arg;
}

static void *run_staying(void *arg)
{
	(void)arg;
	set_name("leaked");
	return sleep_for_ever();
}

FRAME pthread_t make_short(void)
{
	pthread_t thread = start_thread(run_short, NULL, 65536);

	KEEP_FRAME();
	return thread;
}

FRAME void make_all_short(long n)
{
	static pthread_t window[WINDOW];

	for (long i = 0; i < n + WINDOW; i++) {
		if (i >= WINDOW && i - WINDOW < n)
			pthread_join(window[i % WINDOW], NULL);
		if (i < n)
			window[i % WINDOW] = make_short();
	}
}

FRAME void leak_thread(void)
{
	pthread_detach(start_thread(run_staying, NULL, 65536));
	KEEP_FRAME();
}

FRAME void grow_pool(long n, long pause_ms)
{
	for (long i = 0; i < n; i++) {
		leak_thread();
		if (pause_ms)
			sleep_ns((uint64_t)pause_ms * 1000000);
	}
	KEEP_FRAME();
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "short stay pause-ms");
	long short_ones = option_number(argc, argv, "short", 20000);
	long staying = option_number(argc, argv, "stay", 200);
	long pause_ms = option_number(argc, argv, "pause-ms", 0);
	uint64_t began;

	wait_for_go(&w);
	began = now_ns();
	make_all_short(short_ones);
	grow_pool(staying, pause_ms);
	KEEP_FRAME();
	/* pthread_join returns before the kernel has let go of the thread */
	while (thread_count() != staying + 1)
		sleep_ns(1000000);
	announcef(&w, "{\"pid\":%d,\"created\":%ld,\"exited\":%ld,\"alive\":%ld,\"took_ns\":%llu}",
		  (int)getpid(), short_ones + staying, short_ones, staying,
		  (unsigned long long)(now_ns() - began));
	stay(&w);
	return 0;
}
