// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Linked into the program with sanitizers: says how much it has allocated and not freed, ten times a second,
 * in the file heap.PID of the folder that TS_HEAP names. Its resident memory says less: the sanitizer keeps
 * freed blocks, and a record of each place that ever allocated. Of a screen, the processes that its starter
 * forks do it, too.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of the sanitizer (sanitizer/allocator_interface.h, which gcc does not bring along). */
size_t __sanitizer_get_current_allocated_bytes(void);

/* The search for leaks attaches to each thread, which must have no more than the one that searches. */
static void give_up(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};

	syscall(SYS_capset, &head, none);
}

static void *report(void *arg)
{
	const char *folder = arg;
	char path[4096], text[24];
	int fd, length;

	give_up();
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

static void begin(void)
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

static void begin_in_child(void)
{
	char name[16] = "";

	prctl(PR_GET_NAME, name);
	if (!strcmp(name, "ts-starter"))
		begin();
}

__attribute__((constructor)) static void start(void)
{
	begin();
	pthread_atfork(NULL, NULL, begin_in_child);
}
