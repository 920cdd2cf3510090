// SPDX-License-Identifier: GPL-2.0-or-later
/* One pass of the task iterator: open, read to the end, hand out records. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "probes/snapshot_object.h"
#include "probes/probes_private.h"
#include "util/heap.h"

#define READ_BYTES  (256 * 1024)
#define SLEEP_TRIES 5

static int open_iterator(struct probes *p, pid_t only_pid)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	union bpf_iter_link_info info = {.task.pid = (__u32)only_pid};
	int link, fd, err;

	if (only_pid) {
		opts.iter_info = &info;
		opts.iter_info_len = sizeof(info);
	}
	link = bpf_link_create(p->iterator, 0, BPF_TRACE_ITER, &opts);
	if (link < 0)
		return -errno;
	fd = bpf_iter_create(link);
	err = -errno;
	/* The open iterator keeps what it needs of the link. */
	close(link);
	return fd < 0 ? err : fd;
}

/*
 * Visiting one process is tried first; a kernel before 6.1 (commit f0d74c4da1f0)
 * refuses the longer link_info, and all tasks are visited instead.
 */
static int open_pass(struct probes *p, pid_t only_pid)
{
	int fd;

	if (only_pid && (p->iterates_one || !p->iterates_one_known)) {
		fd = open_iterator(p, only_pid);
		if (fd >= 0) {
			p->iterates_one = p->iterates_one_known = true;
			return fd;
		}
		if (fd == -ESRCH)
			return fd;
		p->iterates_one = false;
		p->iterates_one_known = true;
	}
	return open_iterator(p, 0);
}

/* Hands out whole records of [data, data + len); returns the bytes used, or -EPROTO. */
static ssize_t hand_out(const uint8_t *data, size_t len, const struct thread_sink *sink)
{
	size_t at = 0;

	while (len - at >= 8) {
		const uint8_t *record = data + at;
		uint32_t size, second;

		memcpy(&size, record, 4);
		memcpy(&second, record + 4, 4);
		if (size < sizeof(struct ts_pass))
			return -EPROTO;
		if (size > len - at)
			break;
		if (!second) {
			if (sink->pass)
				sink->pass(sink->arg, (const struct ts_pass *)record);
		} else {
			const struct ts_thread *t = (const struct ts_thread *)record;
			const uint8_t *kstack = record + sizeof(*t);

			if (size != sizeof(*t) + t->kstack_frames * 8ul)
				return -EPROTO;
			sink->thread(sink->arg, t, (const uint64_t *)kstack);
		}
		at += size;
	}
	return (ssize_t)at;
}

static int read_pass(struct probes *p, int fd, const struct thread_sink *sink)
{
	size_t held = 0;
	ssize_t n, used;

	for (;;) {
		n = read(fd, p->buffer + held, p->buffer_size - held);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return held ? -EPROTO : 0;
		held += (size_t)n;
		used = hand_out(p->buffer, held, sink);
		if (used < 0)
			return (int)used;
		/* Records are multiples of 8 bytes: the rest stays aligned. */
		memmove(p->buffer, p->buffer + used, held - (size_t)used);
		held -= (size_t)used;
	}
}

enum iterator_kind probes__iterator(const struct probes *p)
{
	return p->light ? ITERATOR_OF_SNAPSHOT : ITERATOR_PLAIN;
}

static enum ts_kstack kernel_stacks(unsigned flags)
{
	if (flags & PASS_KERNEL_STACKS)
		return TS_KSTACK_ALL;
	return flags & PASS_TELLING_KERNEL_STACKS ? TS_KSTACK_TELLING : TS_KSTACK_NONE;
}

/*
 * Lets the scheduler note when this thread got a CPU; the pass compares the clocks by that. Without the
 * delay, the sleep could end before it has begun.
 */
static void get_a_cpu(void)
{
	const struct timespec moment = {.tv_nsec = 1000};
	struct rusage before = {0}, after = {0};

	for (int i = 0; i < SLEEP_TRIES && after.ru_nvcsw == before.ru_nvcsw; i++) {
		getrusage(RUSAGE_THREAD, &before);
		nanosleep(&moment, NULL);
		getrusage(RUSAGE_THREAD, &after);
	}
}

int probes__pass(struct probes *p, unsigned flags, pid_t only_pid, const struct thread_sink *sink)
{
	int fd, err;

	if (!p->buffer) {
		p->buffer = heap__alloc(READ_BYTES);
		p->buffer_size = READ_BYTES;
	}
	if (p->light)
		light__set_pass(p->light, kernel_stacks(flags), flags & PASS_REGISTERS, only_pid);
	else
		p->skel->bss->pass_kernel_stacks = kernel_stacks(flags);
	fd = open_pass(p, only_pid);
	if (fd < 0)
		return fd;
	get_a_cpu();
	err = read_pass(p, fd, sink);
	close(fd);
	return err;
}
