// SPDX-License-Identifier: GPL-2.0-or-later
/* Who holds up a call on a file that is no pipe: it opens a FIFO, another process has a lease of the file, or
 * is asked for permission by fanotify. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/files/call_files.h"
#include "collect/links/links_private.h"
#include "target/fanotify.h"
#include "target/file_locks.h"

#define LISTENERS 64

/* The thread of the waiter, as the names of calls take it. */
static struct sample_thread thread_of(const struct waiter *w)
{
	struct sample_thread t = {.pid = w->pid, .tid = w->tid, .syscall = w->syscall, .state = 'S'};

	memcpy(t.args, w->args, sizeof(t.args));
	return t;
}

static bool find_lease(const struct waiter *w, const struct cached_place *place, struct step *ret)
{
	struct file_lock_holder h = file_lease__holder(w->pid, place ? place->inode : 0);

	*ret = (struct step){.role = LINK_LEASES, .pid = h.pid};
	/* The lease is the open file's, which another process may have by now. */
	return h.pid && h.pid != w->pid && process_has_task(h.pid, h.pid);
}

/* The listeners whose marks fit best. If only others' files are marked, as far as is known, there is one. */
static bool find_listener(struct links *l, const struct waiter *w, const struct cached_place *place,
			  struct step *ret)
{
	struct open_end ends[LISTENERS];
	size_t count = open_files__find(links__open(l), FANOTIFY_LINK, ends, LISTENERS);
	enum fanotify_asked best = FANOTIFY_NOT;
	pid_t last = 0;

	*ret = (struct step){.role = LINK_PERMITS};
	snprintf(ret->object, sizeof(ret->object), "%s", FANOTIFY_LINK);
	for (size_t i = 0; i < count; i++) {
		enum fanotify_asked asked = fanotify__asked(ends[i], place);

		if (ends[i].pid == w->pid || asked == FANOTIFY_NOT || asked < best)
			continue;
		if (asked > best) {
			best = asked;
			ret->pid = ends[i].pid;
			ret->more = 0;
		} else if (ends[i].pid != last) {
			ret->more++;
		}
		last = ends[i].pid;
	}
	return ret->pid && (best == FANOTIFY_THIS || !ret->more);
}

/* To open it waits until a process opens the other end. */
static bool find_other_end(enum fifo_open fifo, struct step *ret)
{
	*ret = (struct step){.role = fifo == FIFO_FOR_WRITING ? LINK_READS : LINK_WRITES,
			     .state = LINK_NOBODY};
	return true;
}

bool link_step__file(struct links *l, const struct waiter *w, struct step *ret)
{
	struct sample_thread t = thread_of(w);
	char *path = NULL;
	enum fifo_open fifo = FIFO_NOT;
	struct process *p = NULL;
	struct cached_place place;
	bool placed = false;

	if (!call_file__is(w->syscall))
		return false;
	if (!process__open(w->pid, &p) && (path = call_file__path(p, &t))) {
		t.path = path;
		fifo = w->target ? FIFO_NOT : call_file__opens_fifo(p, &t);
		placed = !process__cached_place(p, path, &place);
	}
	process__close(p);
	free(path);
	if (fifo)
		return find_other_end(fifo, ret);
	if (task__sleeps_in(w->tid, "__break_lease"))
		return find_lease(w, placed ? &place : NULL, ret);
	/* fanotify_get_response, which may be part of its caller */
	return task__sleeps_in(w->tid, "fanotify_") && find_listener(l, w, placed ? &place : NULL, ret);
}
