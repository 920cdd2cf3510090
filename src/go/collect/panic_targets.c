// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/panic_targets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "go/runtime/panic_points.h"
#include "util/heap.h"

#define TRIES 20

struct watched {
	struct watched *next;
	pid_t pid;
};

static bool is_watched(const struct panic_targets *p, pid_t pid)
{
	for (const struct watched *w = p->watched; w; w = w->next)
		if (w->pid == pid)
			return true;
	return false;
}

/* A probe's place is an offset in the mapped file. */
static uint64_t file_offset(const struct mappings *maps, uint64_t address)
{
	const struct mapping *m = address ? mappings__find(maps, address) : NULL;

	return m && m->inode ? address - m->start + m->offset : 0;
}

static int attach(struct panic_targets *p, pid_t pid, const struct process *process,
		  const struct go_panic_sites *at)
{
	struct ts_go_target target = {at->types, at->etypes};
	struct panic_sites sites;
	struct mappings maps;
	int err = process__mappings(process, &maps);

	if (err)
		return err;
	sites.panic = file_offset(&maps, at->panic);
	sites.fatal = file_offset(&maps, at->fatal);
	sites.recovery = file_offset(&maps, at->recovery);
	sites.throws = file_offset(&maps, at->throws);
	sites.fatals = file_offset(&maps, at->fatals);
	mappings__free(&maps);
	return sites.panic ? probes__watch_panics(p->probes, pid, &sites, &target) : -ENOENT;
}

static const char *why_not(int err)
{
	switch (-err) {
	case ENOENT:
		return "its runtime.gopanic differs from the known versions";
	case EOPNOTSUPP:
		return "not supported on this processor";
	case EPERM:
	case EACCES:
		return "the kernel refuses uprobes, which need CAP_SYS_ADMIN (root); 'threadscope doctor' "
		       "shows whether they work";
	default:
		return strerror(-err);
	}
}

int panic_targets__watch(struct panic_targets *p, pid_t pid, const char **ret_reason)
{
	struct target *t = targets__get(p->targets, pid);
	struct go_panic_sites at;
	const struct goroutines_refusal *why;
	struct goroutines *r;
	struct watched *w;
	int err;

	*ret_reason = "";
	if (is_watched(p, pid))
		return 0;
	if (!t)
		return -ESRCH;
	r = targets__goroutines(p->targets, pid, &why);
	*ret_reason = why->reason;
	if (!r)
		return **ret_reason ? -EIO : -ENOEXEC;
	w = HEAP_NEW(struct watched, 1);
	err = goroutines__panic_sites(r, &at);
	if (!err)
		err = attach(p, pid, t->process, &at);
	if (err) {
		free(w);
		*ret_reason = why_not(err);
		return err == -ESRCH ? err : -EIO;
	}
	/* One that kills it may be handled after its end. */
	goroutines__preload(r);
	w->pid = pid;
	w->next = p->watched;
	p->watched = w;
	return 0;
}

void panic_targets__unwatch(struct panic_targets *p, pid_t pid)
{
	struct watched **at = &p->watched, *w;

	while ((w = *at)) {
		if (w->pid != pid) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		free(w);
		probes__unwatch_panics(p->probes, pid);
	}
}

/* Another program in the same process has other offsets. */
void panic_targets__expect(struct panic_targets *p, pid_t pid)
{
	panic_targets__unwatch(p, pid);
	if (p->expected_count == PANIC_EXPECTED_MAX)
		p->expected_count--;
	p->expected[p->expected_count].pid = pid;
	p->expected[p->expected_count++].tries = TRIES;
}

void panic_targets__try(struct panic_targets *p)
{
	const char *reason;
	size_t kept = 0;

	for (size_t i = 0; i < p->expected_count; i++) {
		int err = panic_targets__watch(p, p->expected[i].pid, &reason);

		if (!err || err == -ESRCH || !--p->expected[i].tries)
			continue;
		targets__forget_goroutines(p->targets, p->expected[i].pid);
		p->expected[kept++] = p->expected[i];
	}
	p->expected_count = kept;
}

void panic_targets__free(struct panic_targets *p)
{
	while (p->watched) {
		struct watched *w = p->watched;

		p->watched = w->next;
		free(w);
	}
}
