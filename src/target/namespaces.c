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

#define NS_PATH 48

struct visit {
	int fd, type, err;
	void (*fn)(void *arg);
	void *arg;
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

static void *visit(void *arg)
{
	struct visit *v = arg;

	v->err = setns(v->fd, v->type) ? -errno : 0;
	if (!v->err)
		v->fn(v->arg);
	return NULL;
}

int namespace__run(pid_t of, const char *name, int type, void (*fn)(void *arg), void *arg)
{
	uint64_t there = namespace__of(of, name), here = namespace__of(getpid(), name);
	struct visit v = {.type = type, .fn = fn, .arg = arg};
	char path[NS_PATH];
	pthread_t thread;
	int err;

	if (!there || !here)
		return -ESRCH;
	if (there == here) {
		fn(arg);
		return 0;
	}
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)of, name);
	v.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (v.fd < 0)
		return -errno;
	err = -pthread_create(&thread, NULL, visit, &v);
	if (!err) {
		pthread_join(thread, NULL);
		err = v.err;
	}
	close(v.fd);
	return err;
}
