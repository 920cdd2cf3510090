/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls with a timeout, which the kernel goes on with as restart_syscall after SIGSTOP and SIGCONT: "owner"
 * holds report_lock and sleeps for an hour; "locker" wants it with a timeout of an hour, "sleeper" sleeps
 * (nanosleep made by itself), "poller" polls an empty pipe, "reader" waits for the lock of another kind with
 * a timeout.
 *
 *   gcc -O2 -g -pthread restarted.c -o restarted; kill -STOP PID; kill -CONT PID     (and musl-gcc)
 *
 * Perfect answer: as before the stop: locker waits in futex for report_lock, held by owner; sleeper in
 * nanosleep, poller in poll, owner in clock_nanosleep, reader for table_lock; no thread is in
 * restart_syscall.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t report_lock;
static pthread_rwlock_t table_lock = PTHREAD_RWLOCK_INITIALIZER;
static volatile int held;
static int ends[2];

static struct timespec in_an_hour(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += 3600;
	return t;
}

static void *own(void *arg)
{
	struct timespec hour = {.tv_sec = 3600};

	prctl(PR_SET_NAME, "owner", 0, 0, 0);
	pthread_mutex_lock(&report_lock);
	pthread_rwlock_wrlock(&table_lock);
	held = 1;
	clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, NULL);
	return arg;
}

static void *lock(void *arg)
{
	struct timespec end = in_an_hour();

	prctl(PR_SET_NAME, "locker", 0, 0, 0);
	pthread_mutex_timedlock(&report_lock, &end);
	return arg;
}

static void *read_table(void *arg)
{
	struct timespec end = in_an_hour();

	prctl(PR_SET_NAME, "reader", 0, 0, 0);
	pthread_rwlock_timedrdlock(&table_lock, &end);
	return arg;
}

static void *sleep_long(void *arg)
{
	struct timespec hour = {.tv_sec = 3600}, rest;

	prctl(PR_SET_NAME, "sleeper", 0, 0, 0);
	syscall(SYS_nanosleep, &hour, &rest);
	return arg;
}

static void *poll_pipe(void *arg)
{
	struct pollfd p = {.fd = ends[0], .events = POLLIN};

	prctl(PR_SET_NAME, "poller", 0, 0, 0);
	poll(&p, 1, 3600000);
	return arg;
}

int main(void)
{
	void *(*const runs[])(void *) = {lock, read_table, sleep_long, poll_pipe};
	pthread_mutexattr_t checks;
	pthread_t thread;

	if (pipe(ends))
		return 1;
	/* musl's normal mutex keeps no owner */
	pthread_mutexattr_init(&checks);
	pthread_mutexattr_settype(&checks, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&report_lock, &checks);
	pthread_create(&thread, NULL, own, NULL);
	while (!held)
		usleep(1000);
	for (unsigned i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		pthread_create(&thread, NULL, runs[i], NULL);
	usleep(200000);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
