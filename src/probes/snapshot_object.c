// SPDX-License-Identifier: GPL-2.0-or-later
#include "probes/snapshot_object.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bpf/threadscope.h"
#include "snapshot.lskel.h"

/* The skeleton's own struct under our name, so that its static functions stay in this file. */
struct light {
	struct snapshot_bpf skel;
};

int light__open(struct light **ret)
{
	struct snapshot_bpf *s = snapshot_bpf__open();
	int err = s ? snapshot_bpf__load(s) : -ENOMEM;

	if (err) {
		snapshot_bpf__destroy(s);
		/* The loader program failed: this kernel lacks a call, a helper or a type. */
		return err == -ENOMEM || err == -EPERM || err == -EACCES ? err : -EOPNOTSUPP;
	}
	*ret = (struct light *)s;
	return 0;
}

void light__close(struct light *l)
{
	if (l)
		snapshot_bpf__destroy(&l->skel);
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
	return l->skel.progs.threads.prog_fd;
}

void light__set_pass(struct light *l, enum ts_kstack kernel_stacks, bool user_stacks, pid_t only_pid)
{
	l->skel.bss->pass_kernel_stacks = kernel_stacks;
	l->skel.bss->pass_user_stacks = user_stacks;
	l->skel.bss->only_tgid = (uint32_t)only_pid;
}

int light__sockets(struct light *l, pid_t pid)
{
	l->skel.bss->sockets_tgid = (uint32_t)pid;
	return l->skel.progs.sockets.prog_fd;
}

int light__symbol(struct light *l, uint64_t address, char *buf, size_t size)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);

	l->skel.bss->symbol_address = address;
	if (bpf_prog_test_run_opts(l->skel.progs.name_symbol.prog_fd, &run))
		return -errno;
	snprintf(buf, size, "%.*s", TS_KERNEL_SYMBOL_BYTES, (const char *)l->skel.bss->symbol_name);
	return 0;
}
