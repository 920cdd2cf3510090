// SPDX-License-Identifier: GPL-2.0-or-later
/* Which process has the lock of an SQLite database that a thread naps for. */
#include <stdio.h>
#include <string.h>

#include "collect/links/links_private.h"
#include "target/sqlite_locks.h"

#define FRAMES_DEEP 16

/* Its busy handler, by the names of main.c, vdbe.c and btree.c: a program that links it statically has others
 * than the library of a distribution. */
bool links__in_sqlite_lock(const struct sample_thread *t)
{
	static const char *const HANDLERS[] = {"sqliteDefaultBusyCallback", "sqlite3InvokeBusyHandler",
					       "btreeInvokeBusyHandler", "walBusyLock"};

	for (size_t i = 0; i < t->stack.count && i < FRAMES_DEEP; i++)
		for (size_t k = 0; k < sizeof(HANDLERS) / sizeof(*HANDLERS); k++)
			if (t->stack.frames[i].function && !strcmp(t->stack.frames[i].function, HANDLERS[k]))
				return true;
	return false;
}

bool link_step__sqlite(const struct waiter *w, struct step *ret)
{
	struct sqlite_holder h;

	if (!sqlite_lock__holder(w->pid, &h))
		return false;
	*ret = (struct step){.role = LINK_HOLDS_FILE,
			     .state = h.pid == w->pid ? LINK_ITSELF : LINK_STATE_UNKNOWN,
			     .pid = h.pid,
			     .more = h.more,
			     .held = true};
	snprintf(ret->object, sizeof(ret->object), "%s", h.path);
	return h.pid == w->pid || process_has_task(h.pid, h.pid);
}
