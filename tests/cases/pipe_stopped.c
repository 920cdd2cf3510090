/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Five workers log through one mutex to a pipe that is full. Its reader, the child "log-reader", is stopped
 * by SIGSTOP ("stop") or sleeps ("sleep").
 *
 * Perfect: 4 threads wait for log_mutex, held by the fifth, which has been in write to a full pipe for T,
 * whose reader log-reader (PID) is stopped by a signal, or sleeps.
 */
#include "case.h"

static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;
static int ends[2];

static void sleep_or_be_stopped(void)
{
	close(ends[1]);
	for (;;)
		nanosleep(&(struct timespec){.tv_sec = 1000}, NULL);
}

FRAME void log_line(void)
{
	static char line[1000];

	pthread_mutex_lock(&log_mutex);
	if (write(ends[1], line, sizeof(line)) < 0)
		die("write");
	pthread_mutex_unlock(&log_mutex);
}

static void work(void)
{
	for (;;)
		log_line();
}

int main(int argc, char **argv)
{
	pid_t reader, tids[5];

	if (argc != 2 || pipe(ends))
		return 2;
	reader = start_child("log-reader", sleep_or_be_stopped);
	close(ends[0]);
	for (int i = 0; i < 5; i++)
		tids[i] = start_named("worker", work);
	for (int i = 0; i < 5; i++)
		wait_until_blocked(tids[i]);
	if (!strcmp(argv[1], "stop"))
		kill(reader, SIGSTOP);
	sleep_ns(1100000000); /* from one second on it is a warning */
	tell("ready reader=%d", (int)reader);
	sleep_on();
}
