// SPDX-License-Identifier: GPL-2.0-or-later
/* Uprobes in Go programs, only on request. */
#include "probes/probes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "probes/probes_private.h"
#include "util/heap.h"

#define PROBES 5 /* in a program */

struct panic_watch {
	uint32_t tgid;
	struct bpf_link *links[PROBES];
	struct panic_watch *next;
};

static void end_watch(struct probes *p, struct panic_watch *w)
{
	for (size_t i = 0; i < PROBES; i++)
		bpf_link__destroy(w->links[i]); /* NULL is fine */
	bpf_map_delete_elem(bpf_map__fd(p->skel->maps.go_targets), &w->tgid);
	free(w);
}

/* Before attaching: a probe that is hit at once finds its data. */
static int announce(struct probes *p, uint32_t tgid, const struct ts_go_target *target)
{
	return bpf_map_update_elem(bpf_map__fd(p->skel->maps.go_targets), &tgid, target, BPF_ANY) ? -errno
												  : 0;
}

int probes__watch_panics(struct probes *p, pid_t pid, const struct panic_sites *at,
			 const struct ts_go_target *target)
{
	const struct {
		struct bpf_program *program;
		uint64_t offset;
	} sites[PROBES] = {{p->skel->progs.go_recovery, at->recovery},
			   {p->skel->progs.go_fatal, at->fatal},
			   {p->skel->progs.go_throw, at->throws},
			   {p->skel->progs.go_throw, at->fatals},
			   {p->skel->progs.go_panic, at->panic}};
	struct panic_watch *w = HEAP_NEW(struct panic_watch, 1);
	char path[32];
	int err;

	w->tgid = (uint32_t)pid;
	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	err = announce(p, w->tgid, target);
	for (size_t i = 0; i < PROBES && !err; i++) {
		if (!sites[i].offset)
			continue;
		w->links[i] = bpf_program__attach_uprobe(sites[i].program, false, pid, path, sites[i].offset);
		if (!w->links[i])
			err = -errno;
	}
	if (err) {
		end_watch(p, w);
		return err;
	}
	w->next = p->panic_watches;
	p->panic_watches = w;
	return 0;
}

void probes__unwatch_panics(struct probes *p, pid_t pid)
{
	struct panic_watch **at = &p->panic_watches, *w;

	while ((w = *at)) {
		if (w->tgid != (uint32_t)pid) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		end_watch(p, w);
	}
}

void probes__close_panics(struct probes *p)
{
	while (p->panic_watches)
		probes__unwatch_panics(p, (pid_t)p->panic_watches->tgid);
}
