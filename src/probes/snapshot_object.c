// SPDX-License-Identifier: GPL-2.0-or-later
#include "probes/snapshot_object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bpf/threadscope.h"
#include "snapshot.lskel.h"
#include "snapshot_causes.lskel.h"
#include "snapshot_sockets.lskel.h"
#include "util/heap.h"

struct light {
	struct snapshot_bpf *threads;
	struct snapshot_sockets_bpf *sockets; /* NULL: not asked for yet, or it cannot be loaded */
	int sockets_error;
	struct snapshot_causes_bpf *causes; /* the same */
	int causes_error;
};

/* The loader program failed: this kernel lacks a call, a helper or a type. */
static int load_error(int err)
{
	return !err || err == -ENOMEM || err == -EPERM || err == -EACCES ? err : -EOPNOTSUPP;
}

int light__open(struct light **ret)
{
	struct snapshot_bpf *s = snapshot_bpf__open();
	int err = s ? load_error(snapshot_bpf__load(s)) : -ENOMEM;

	if (err) {
		snapshot_bpf__destroy(s);
		return err;
	}
	*ret = HEAP_NEW(struct light, 1);
	(*ret)->threads = s;
	return 0;
}

void light__close(struct light *l)
{
	if (!l)
		return;
	snapshot_bpf__destroy(l->threads);
	snapshot_sockets_bpf__destroy(l->sockets);
	snapshot_causes_bpf__destroy(l->causes);
	free(l);
}

int light__try(void)
{
	struct light *l;
	int err = light__open(&l);

	if (!err)
		light__close(l);
	return err;
}

int light__iterator(const struct light *l)
{
	return l->threads->progs.threads.prog_fd;
}

void light__set_pass(struct light *l, enum ts_kstack kernel_stacks, bool registers, pid_t only_pid)
{
	l->threads->bss->pass_kernel_stacks = kernel_stacks;
	l->threads->bss->pass_registers = registers;
	l->threads->bss->only_tgid = (uint32_t)only_pid;
}

/* Most snapshots need no socket, so their object is loaded when the first one does. */
static int open_sockets(struct light *l)
{
	struct snapshot_sockets_bpf *s;

	if (l->sockets || l->sockets_error)
		return l->sockets_error;
	s = snapshot_sockets_bpf__open();
	l->sockets_error = s ? load_error(snapshot_sockets_bpf__load(s)) : -ENOMEM;
	if (l->sockets_error) {
		snapshot_sockets_bpf__destroy(s);
		return l->sockets_error;
	}
	l->sockets = s;
	return 0;
}

int light__sockets(struct light *l, pid_t pid)
{
	int err = open_sockets(l);

	if (err)
		return err;
	/* The first pass over threads found it. */
	l->sockets->bss->viewer_level = l->threads->bss->viewer_level;
	l->sockets->bss->sockets_tgid = (uint32_t)pid;
	return l->sockets->progs.sockets.prog_fd;
}

/* Likewise for threads that are frozen or in uninterruptible sleep. */
static int open_causes(struct light *l)
{
	struct snapshot_causes_bpf *s;

	if (l->causes || l->causes_error)
		return l->causes_error;
	s = snapshot_causes_bpf__open();
	l->causes_error = s ? load_error(snapshot_causes_bpf__load(s)) : -ENOMEM;
	if (l->causes_error) {
		snapshot_causes_bpf__destroy(s);
		return l->causes_error;
	}
	l->causes = s;
	return 0;
}

int light__causes(struct light *l, pid_t pid)
{
	int err = open_causes(l);

	if (err)
		return err;
	l->causes->bss->viewer_level = l->threads->bss->viewer_level;
	l->causes->bss->only_tgid = (uint32_t)pid;
	return l->causes->progs.causes.prog_fd;
}

int light__symbol(struct light *l, uint64_t address, char *buf, size_t size)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);

	l->threads->bss->symbol_address = address;
	if (bpf_prog_test_run_opts(l->threads->progs.name_symbol.prog_fd, &run))
		return -errno;
	snprintf(buf, size, "%.*s", TS_KERNEL_SYMBOL_BYTES, (const char *)l->threads->bss->symbol_name);
	return 0;
}
