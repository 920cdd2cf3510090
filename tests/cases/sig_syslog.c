/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A handler calls syslog() while the syslog() that it interrupts holds the C library's lock: "daemon" waits
 * for itself. Three workers want to log, too.
 *
 * Perfect: a deadlock: daemon waits for a lock that it holds itself; 3 threads wait behind it.
 */
#include "case.h"
#include <sys/time.h>
#include <syslog.h>

static atomic_ulong handled;

static void on_alarm(int signal)
{
	syslog(LOG_DEBUG, "got signal %d", signal);
	handled++;
}

static void log_and_be_interrupted(void)
{
	sigset_t alarm;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	pthread_sigmask(SIG_UNBLOCK, &alarm, NULL);
	for (;;)
		syslog(LOG_DEBUG, "busy");
}

static void work(void)
{
	for (;;) {
		syslog(LOG_DEBUG, "work");
		sleep_ns(20000000);
	}
}

/* The handler has not come to its end for a second: it never will. */
static void wait_until_stuck(void)
{
	unsigned long before;

	do {
		before = handled;
		sleep_ns(1000000000);
	} while (before != handled);
}

int main(void)
{
	struct itimerval often = {{0, 300}, {0, 300}};
	sigset_t alarm;
	pid_t daemon;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarm, NULL);
	signal(SIGALRM, on_alarm);
	openlog("sig_syslog", LOG_NDELAY, LOG_LOCAL7);
	daemon = start_named("daemon", log_and_be_interrupted);
	for (int i = 0; i < 3; i++)
		start_named("worker", work);
	setitimer(ITIMER_REAL, &often, NULL);
	wait_until_stuck();
	tell("ready daemon=%d", (int)daemon);
	sleep_on();
}
