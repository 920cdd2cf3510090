// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/namespace_helper.h"
#include "target/socket_ends.h"

#define NS_PATH 48

static const struct {
	const char *name;
	int type;
} NAMESPACES[NAMESPACE_SUBJECTS] = {
	[NAMESPACE_SOCKETS] = {"net", CLONE_NEWNET},
	[NAMESPACE_SET] = {"ipc", CLONE_NEWIPC},
	[NAMESPACE_QUEUE] = {"ipc", CLONE_NEWIPC},
};

uint64_t namespace__of(pid_t pid, const char *name)
{
	char path[NS_PATH], link[64];
	const char *number;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	n = readlink(path, link, sizeof(link) - 1);
	if (n <= 0)
		return 0;
	link[n] = '\0';
	number = strchr(link, '[');
	return number ? strtoull(number + 1, NULL, 10) : 0;
}

/* ---- in this process ----------------------------------------------------------------- */

/* In the namespace that this thread is in. */
static int answer(struct namespace_question *q)
{
	switch (q->subject) {
	case NAMESPACE_SOCKETS:
		q->fd = socket_list__open();
		return q->fd < 0 ? q->fd : 0;
	case NAMESPACE_SET:
		return q->count > SYSV_SEMAPHORES ? -EINVAL
						  : sysv_set__here(q->id, &q->set, q->list, q->count);
	case NAMESPACE_QUEUE:
		return sysv_queue__here(q->id, &q->queue);
	default:
		return -EINVAL;
	}
}

struct visit {
	int fd;
	struct namespace_question *q;
};

static void *visit(void *arg)
{
	struct visit *v = arg;

	v->q->error = setns(v->fd, NAMESPACES[v->q->subject].type) ? -errno : answer(v->q);
	return NULL;
}

int namespace__ask_here(int fd, struct namespace_question *q)
{
	struct visit v = {fd, q};
	pthread_t thread;

	q->fd = -1;
	if ((unsigned)q->subject >= NAMESPACE_SUBJECTS)
		q->error = -EINVAL;
	else if (fd < 0)
		q->error = answer(q);
	else if ((q->error = -pthread_create(&thread, NULL, visit, &v)) == 0)
		pthread_join(thread, NULL);
	return q->error;
}

/* ---- or by the helper ------------------------------------------------------------------- */

int namespace__ask(pid_t of, struct namespace_question *q)
{
	const char *name = NAMESPACES[q->subject].name;
	uint64_t there = namespace__of(of, name), here = namespace__of(getpid(), name);
	char path[NS_PATH];
	int fd, err;

	q->fd = -1;
	if (!there || !here)
		return -ESRCH;
	/* The list of sockets needs no rights; semaphores of other users do. */
	if (there == here && (q->subject == NAMESPACE_SOCKETS || !namespace_helper__runs()))
		return namespace__ask_here(-1, q);
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)of, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = namespace_helper__runs() ? namespace_helper__ask(fd, q) : namespace__ask_here(fd, q);
	close(fd);
	return err;
}
