// SPDX-License-Identifier: GPL-2.0-or-later
/* The pass over a process's open sockets. */
#include <bpf/libbpf.h>

#include "probes/probes_private.h"
#include "probes/records.h"
#include "probes/snapshot_object.h"

struct sink {
	socket_fn fn;
	void *arg;
};

static bool hand_out(void *arg, const void *record)
{
	const struct sink *s = arg;

	return s->fn(s->arg, record);
}

int probes__sockets(struct probes *p, pid_t pid, socket_fn fn, void *arg)
{
	struct sink sink = {fn, arg};
	int program;

	if (p->light) {
		program = light__sockets(p->light, pid);
	} else {
		program = bpf_program__fd(p->skel->progs.sockets);
		p->skel->bss->sockets_tgid = (uint32_t)pid;
	}
	return program < 0 ? program : records__read(program, pid, sizeof(struct ts_socket), hand_out, &sink);
}
