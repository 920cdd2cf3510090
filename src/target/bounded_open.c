// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/bounded_open.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/heap.h"

#define FIRST_MS   2000 /* enough for a slow file server */
#define LATER_MS   50   /* after a failure */
#define MOST_LEFT  8    /* abandoned threads, beyond which nothing is tried until one returns */
#define STACK_SIZE (256 << 10)

enum { AT_WORK, DONE, LEFT };

struct job {
	opener *open;
	struct process process;
	struct mapping mapping;
	char *path;
	int done_fd; /* an eventfd */
	int result;
	atomic_int state;
};

static atomic_int left_behind;

bool files_unanswered(void)
{
	return left_behind > 0;
}

static void free_job(struct job *j)
{
	if (j->process.live_dir >= 0)
		close(j->process.live_dir);
	if (j->done_fd >= 0)
		close(j->done_fd);
	free(j->path);
	free(j);
}

/* If the end of a file is not in memory, the rest rarely is. */
static void touch(int fd)
{
	struct stat st;
	char byte;

	if (fd < 0 || fstat(fd, &st) || st.st_size <= 0)
		return;
	if (pread(fd, &byte, 1, 0) == 1)
		(void)!pread(fd, &byte, 1, st.st_size - 1);
}

static void *work(void *arg)
{
	struct job *j = arg;
	int at_work = AT_WORK;

	j->result = j->open(&j->process, &j->mapping);
	touch(j->result);
	if (atomic_compare_exchange_strong(&j->state, &at_work, DONE)) {
		eventfd_write(j->done_fd, 1);
		return NULL;
	}
	if (j->result >= 0)
		close(j->result);
	free_job(j);
	left_behind--;
	return NULL;
}

static struct job *new_job(opener *open, const struct process *p, const struct mapping *m)
{
	struct job *j = HEAP_NEW(struct job, 1);

	j->open = open;
	j->process.live_dir = fcntl(p->live_dir, F_DUPFD_CLOEXEC, 0);
	j->done_fd = eventfd(0, EFD_CLOEXEC);
	j->mapping = *m;
	j->path = heap__string(m->path ? m->path : "");
	j->mapping.path = j->path;
	if (j->process.live_dir >= 0 && j->done_fd >= 0)
		return j;
	free_job(j);
	return NULL;
}

/* The thread blocks all signals, which belong to the main thread. 0 or a negative errno. */
static int start(struct job *j)
{
	sigset_t all, before;
	pthread_attr_t attr;
	pthread_t thread;
	int err = pthread_attr_init(&attr);

	if (err)
		return -err;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&thread, &attr, work, j);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return -err;
}

/* Waits until it is done, even if a termination signal arrives. */
static void wait_for(struct job *j)
{
	struct pollfd fd = {j->done_fd, POLLIN, 0};

	while (poll(&fd, 1, left_behind ? LATER_MS : FIRST_MS) < 0 && errno == EINTR)
		;
}

int open_patiently(opener *open, const struct process *p, const struct mapping *m)
{
	struct job *j;
	int at_work = AT_WORK, result;
	eventfd_t done;

	if (left_behind >= MOST_LEFT)
		return -ETIMEDOUT;
	j = new_job(open, p, m);
	if (!j)
		return -EMFILE;
	if (start(j)) {
		free_job(j);
		return open(p, m);
	}
	wait_for(j);
	left_behind++;
	if (atomic_compare_exchange_strong(&j->state, &at_work, LEFT))
		return -ETIMEDOUT;
	left_behind--;
	eventfd_read(j->done_fd, &done); /* it no longer uses the job after this */
	result = j->result;
	free_job(j);
	return result;
}
