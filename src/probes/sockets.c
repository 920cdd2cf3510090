// SPDX-License-Identifier: GPL-2.0-or-later
/* The pass over a process's open sockets. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "probes/snapshot_object.h"
#include "probes/probes_private.h"
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
static int read_all(int fd, socket_fn fn, void *arg)
{
	struct ts_socket *list = HEAP_NEW(struct ts_socket, AT_ONCE);
	size_t held = 0; /* bytes of a record that came only in part */
	bool enough = false;
	ssize_t n = 0;

	while (!enough) {
		n = read(fd, (char *)list + held, AT_ONCE * sizeof(*list) - held);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			break;
		held += (size_t)n;
		size_t whole = held / sizeof(*list);
		for (size_t i = 0; i < whole && !enough; i++)
			enough = fn(arg, &list[i]);
		held -= whole * sizeof(*list);
		memmove(list, list + whole, held);
	}
	n = n < 0 ? -errno : 0;
	free(list);
	return (int)n;
}

int probes__sockets(struct probes *p, pid_t pid, socket_fn fn, void *arg)
{
	int program, fd, err;

	if (p->light) {
		program = light__sockets(p->light, pid);
		if (program < 0)
			return program;
	} else {
		program = bpf_program__fd(p->skel->progs.sockets);
		p->skel->bss->sockets_tgid = (uint32_t)pid;
	}
	fd = open_one(program, pid);
	/* Before 6.1 (commit f0d74c4da1f0) all processes are visited. */
	if (fd < 0 && fd != -ESRCH)
		fd = open_one(program, 0);
	if (fd < 0)
		return fd;
	err = read_all(fd, fn, arg);
	close(fd);
	return err;
}
