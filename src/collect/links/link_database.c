// SPDX-License-Identifier: GPL-2.0-or-later
/* Which backend of PostgreSQL another one waits for. */
#include <string.h>

#include "collect/links/links_private.h"
#include "collect/targets/targets.h"

#define LOCK_FRAME  "ProcSleep" /* waits for a lock of the server's table, below all that want one */
#define FRAMES_DEEP 16

bool links__in_database_lock(const struct sample_thread *t)
{
	for (size_t i = 0; i < t->stack.count && i < FRAMES_DEEP; i++)
		if (t->stack.frames[i].function && !strcmp(t->stack.frames[i].function, LOCK_FRAME))
			return true;
	return false;
}

/* The server's number of a backend as one of ours: all of them are children of one process. */
static pid_t backend_process(const struct target *t, pid_t ns_pid)
{
	struct task_look own;
	pid_t pid = process__pid(t->process);

	if (process__ns_pid(t->process) == pid)
		return process_has_task(ns_pid, ns_pid) ? ns_pid : 0;
	return task__look(pid, &own) ? 0 : child_by_number(own.parent, ns_pid);
}

/* The first one is known by its process, those after it by their records. */
bool link_step__database(struct links *l, const struct waiter *w, struct step *ret)
{
	struct target *t = targets__get(l->targets, w->server ? w->server : w->pid);
	const struct mappings *maps = t ? target__mappings(t) : NULL;
	struct backend backend = w->backend;
	struct lock_blocker b;

	if (!maps || (!w->server && server_locks__backend(&l->program, t->process, maps, &backend)) ||
	    server_locks__blocker(t->process, &backend, &b))
		return false;
	*ret = (struct step){.role = b.holds ? LINK_HOLDS_DATABASE : LINK_AHEAD_IN_DATABASE,
			     .more = b.count - 1,
			     .backend = b.backend,
			     .server = process__pid(t->process),
			     .titled = true};
	/* A prepared transaction has no process. */
	ret->pid = ret->tid = b.ns_pid ? backend_process(t, b.ns_pid) : 0;
	return ret->pid > 0;
}
