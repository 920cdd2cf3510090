// SPDX-License-Identifier: GPL-2.0-or-later
#include "probes/records.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "util/heap.h"

#define AT_ONCE 64

static int open_one(int program, pid_t pid)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	union bpf_iter_link_info info = {.task.pid = (__u32)pid};
	int link, fd, err;

	if (pid) {
		opts.iter_info = &info;
		opts.iter_info_len = sizeof(info);
	}
	link = bpf_link_create(program, 0, BPF_TRACE_ITER, &opts);
	if (link < 0)
		return -errno;
	fd = bpf_iter_create(link);
	err = -errno;
	close(link);
	return fd < 0 ? err : fd;
}

/* Until the end, an error, or fn has seen enough. */
static int read_all(int fd, size_t size, record_fn fn, void *arg)
{
	char *list = heap__alloc(AT_ONCE * size);
	size_t held = 0; /* bytes of a record that came only in part */
	bool enough = false;
	ssize_t n = 0;

	while (!enough) {
		n = read(fd, list + held, AT_ONCE * size - held);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			break;
		held += (size_t)n;
		size_t whole = held / size;
		for (size_t i = 0; i < whole && !enough; i++)
			enough = fn(arg, list + i * size);
		held -= whole * size;
		memmove(list, list + whole * size, held);
	}
	n = n < 0 ? -errno : 0;
	free(list);
	return (int)n;
}

int records__read(int program, pid_t pid, size_t size, record_fn fn, void *arg)
{
	int fd = open_one(program, pid), err;

	/* Before 6.1 (commit f0d74c4da1f0) all processes are visited. */
	if (fd < 0 && fd != -ESRCH)
		fd = open_one(program, 0);
	if (fd < 0)
		return fd;
	err = read_all(fd, size, fn, arg);
	close(fd);
	return err;
}
