/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program forks while its thread "logger" holds log_mutex. The child has a copy of the locked mutex, but
 * not that thread: it waits for ever.
 *
 * Perfect: it waits for log_mutex, whose owner is a thread of the parent, from before the fork: nobody will
 * unlock it.
 */
#include "case.h"

static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;

static void hold(void)
{
	pthread_mutex_lock(&log_mutex);
	sleep_on();
}

static void want(void)
{
	pthread_mutex_lock(&log_mutex);
}

int main(void)
{
	pid_t logger = start_blocked("logger", hold), child = start_child("child", want);

	sleep_ns(1100000000);
	tell("ready pid=%d logger=%d parent=%d", (int)child, (int)logger, (int)getpid());
	sleep_on();
}
