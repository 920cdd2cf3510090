/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread ends while it holds queue_lock, for which two others wait, and another thread, "innocent", gets
 * its TID. All in a PID namespace of its own, whose TIDs can be chosen.
 * reused: innocent sleeps. late: a third waiter comes after it. turns: a healthy program, where new threads
 * with the same TIDs take the lock again and again, with trylock, faster than the two waiters, and hold it
 * for a while.
 *
 * Perfect: the owner has ended, and innocent is not it; late: the same, or not known; turns: held by
 * whichever thread has it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>

#include "case.h"

static pthread_mutex_t queue_lock;
static int tid_of_owner;

static void next_tid(int tid)
{
	int f = open("/proc/sys/kernel/ns_last_pid", O_WRONLY);

	if (f < 0 || dprintf(f, "%d", tid - 1) <= 0)
		die("ns_last_pid");
	close(f);
}

static void *end_with_it(void *arg)
{
	pthread_mutex_lock(&queue_lock);
	tid_of_owner = my_tid();
	return arg;
}

static void wait_for_it(void)
{
	for (;;) {
		pthread_mutex_lock(&queue_lock);
		pthread_mutex_unlock(&queue_lock);
	}
}

/* It has been there for as long as the owner. */
static void wait_later(void)
{
	sleep_ns(1500000000);
	wait_for_it();
}

static void be_innocent(void)
{
	for (;;)
		sleep(1000);
}

static void make_innocent(void)
{
	pid_t tid;

	for (;;) {
		next_tid(tid_of_owner);
		tid = start_named("innocent", be_innocent);
		if (tid == tid_of_owner)
			return;
	}
}

static void *take_turn(void *arg)
{
	set_name("request");
	while (pthread_mutex_trylock(&queue_lock))
		sched_yield();
	sleep_ns(1300000000);
	pthread_mutex_unlock(&queue_lock);
	return arg;
}

/* The next one is there before the lock is free. */
static void *make_turns(void *arg)
{
	pthread_t last, next;

	last = start_thread(take_turn, NULL, 0);
	for (int i = 0;; i++) {
		sleep_ns(1200000000);
		next_tid(20 + i % 3);
		next = start_thread(take_turn, NULL, 0);
		pthread_join(last, NULL);
		last = next;
	}
	return arg;
}

static void run(const char *mode, int ready)
{
	pthread_mutexattr_t kind;

	pthread_mutexattr_init(&kind);
	pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&queue_lock, &kind);
	if (!strcmp(mode, "turns")) {
		start_thread(make_turns, NULL, 0);
		sleep_ns(100000000);
	} else {
		pthread_t ends;

		ends = start_thread(end_with_it, NULL, 0);
		pthread_join(ends, NULL);
	}
	for (int i = 0; i < 2; i++)
		start_named("waiter", wait_for_it);
	if (!strcmp(mode, "late"))
		start_named("waiter", wait_later);
	sleep_ns(200000000);
	if (strcmp(mode, "turns"))
		make_innocent();
	sleep_ns(strcmp(mode, "reused") ? 1800000000 : 900000000);
	if (write(ready, "", 1) != 1)
		die("write");
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (argc != 2 || pipe(ready) || unshare(CLONE_NEWPID))
		die("unshare");
	pid = fork();
	if (!pid)
		run(argv[1], ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		die("read");
	tell("ready pid=%d", pid);
	for (;;)
		pause();
}
