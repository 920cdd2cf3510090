/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One system call in which the thread runs again and again: "waiter" wants a lock on FILE that "hog" holds.
 * Each 50 ms hog gives it up and takes it again at once, with the same CPU for both and itself first
 * (SCHED_FIFO): the kernel wakes waiter, which finds it taken and waits on, in the same flock. Once a second
 * the program says for how long that call has really lasted. With the argument fair hog sleeps in between,
 * waiter gets the lock each time, and each call is a new one from the same place with the same arguments.
 *
 *   gcc -O2 -g -pthread flock_starving.c -o flock_starving; ./flock_starving FILE [fair]
 *
 * Perfect answer: waiter waits in flock(FILE) for T, T as the program says; with fair never longer than 200
 * ms.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* -DRECORD: a lock on a range of the open file (fcntl) instead. */
static void lock(int fd, bool take)
{
#ifdef RECORD
	struct flock l = {.l_type = (short)(take ? F_WRLCK : F_UNLCK), .l_whence = SEEK_SET, .l_len = 1};

	fcntl(fd, F_OFD_SETLKW, &l);
#else
	flock(fd, take ? LOCK_EX : LOCK_UN);
#endif
}

static const char *path;
static volatile long began, taken;
static bool fair;

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

static void *hog(void *arg)
{
	struct sched_param first = {.sched_priority = 1};
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	pthread_setname_np(pthread_self(), "hog");
	pthread_setschedparam(pthread_self(), SCHED_FIFO, &first);
	for (;;) {
		lock(fd, true);
		usleep(50000);
		lock(fd, false);
		if (fair)
			usleep(20000);
	}
	return arg;
}

static void *wait_for_it(void *arg)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	pthread_setname_np(pthread_self(), "waiter");
	for (;;) {
		began = now_ms();
		lock(fd, true);
		began = 0;
		taken++;
		lock(fd, false);
	}
	return arg;
}

static void share_a_cpu(void)
{
	cpu_set_t all, one;

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
		if (CPU_ISSET(i, &all))
			CPU_SET(i, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	path = argc > 1 ? argv[1] : "/tmp/flock_starving";
	fair = argc > 2 && !strcmp(argv[2], "fair");
	share_a_cpu();
	pthread_create(&thread, NULL, hog, NULL);
	usleep(20000);
	pthread_create(&thread, NULL, wait_for_it, NULL);
	puts("ready");
	for (;;) {
		long since;

		fflush(stdout);
		sleep(1);
		since = began;
		printf("in flock for %ld ms, taken %ld times\n", since ? now_ms() - since : 0, taken);
	}
}
