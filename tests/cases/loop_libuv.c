/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An event loop of libuv. "lock": a callback waits for a mutex that the thread "holder" has, which sleeps.
 * "idle": healthy, none has anything to do.
 *
 * Perfect: the event loop of libuv in loop_libuv has waited T for requests, held by holder: nothing else of
 * it runs meanwhile.
 */
#include "case.h"
#include <uv.h>

pthread_mutex_t requests = PTHREAD_MUTEX_INITIALIZER;

FRAME void on_timer(uv_timer_t *timer)
{
	pthread_mutex_lock(&requests);
	uv_timer_stop(timer);
}

static void hold(void)
{
	pthread_mutex_lock(&requests);
	sleep_on();
}

int main(int argc, char **argv)
{
	uv_timer_t timer;
	pid_t holder = start_blocked("holder", hold);
	bool idle = argc > 1 && !strcmp(argv[1], "idle");

	if (uv_timer_init(uv_default_loop(), &timer) ||
	    uv_timer_start(&timer, on_timer, idle ? 1000000 : 1, 0))
		return 2;
	tell("ready holder=%d", (int)holder);
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
