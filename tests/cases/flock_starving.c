/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One system call in which the thread runs again and again (hog.h): "waiter" wants a lock on FILE that hog
 * holds. The kernel wakes waiter, which finds it taken and waits on, in the same flock. Once a second the
 * program says for how long that call has really lasted. With the argument fair waiter gets the lock each
 * time, and each call is a new one from the same place with the same arguments.
 *
 *   gcc -O2 -g -pthread flock_starving.c -o flock_starving; ./flock_starving FILE [fair]
 *
 * Perfect answer: waiter waits in flock(FILE) for T, T as the program says; with fair never longer than 200
 * ms.
 */
#include "hog.h"
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

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

static void *hog(void *arg)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	go_first();
	for (;;) {
		lock(fd, true);
		usleep(50000);
		lock(fd, false);
		hog_leaves();
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

int main(int argc, char **argv)
{
	pthread_t thread;

	path = argc > 1 ? argv[1] : "/tmp/flock_starving";
	fair = argc > 2 && !strcmp(argv[2], "fair");
	start_hog(hog);
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
