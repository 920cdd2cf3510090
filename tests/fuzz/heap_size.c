// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Linked into the program with sanitizers: says how much it has allocated and not freed, ten times a second,
 * in the file heap.PID of the folder that TS_HEAP names. Its resident memory says less: the sanitizer keeps
 * freed blocks, and a record of each place that ever allocated.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Of the sanitizer (sanitizer/allocator_interface.h, which gcc does not bring along). */
size_t __sanitizer_get_current_allocated_bytes(void);

static void *report(void *arg)
{
	const char *folder = arg;
	char path[4096], text[24];
	int fd, length;

	snprintf(path, sizeof(path), "%s/heap.%d", folder, (int)getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	while (fd >= 0) {
		length = snprintf(text, sizeof(text), "%20zu\n", __sanitizer_get_current_allocated_bytes());
		if (pwrite(fd, text, (size_t)length, 0) < 0)
			break;
		usleep(100000);
	}
	return NULL;
}

__attribute__((constructor)) static void begin(void)
{
	char *folder = getenv("TS_HEAP");
	sigset_t all, before;
	pthread_t thread;

	if (!folder)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (!pthread_create(&thread, NULL, report, folder))
		pthread_detach(thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
