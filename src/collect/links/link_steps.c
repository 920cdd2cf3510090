// SPDX-License-Identifier: GPL-2.0-or-later
/* Whom a call waits for: the child, who holds the file's lock, who has the other end of the pipe. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "collect/links/links_private.h"
#include "target/file_locks.h"
#include "waits/wait.h"

#define ENDS     64
#define CHILDREN 64

/* ---- children -------------------------------------------------------------------- */

#define ANY_CHILD   0
#define SOME_CHILD  (-1) /* of a process group, or of a descriptor */
#define VFORK_CHILD (-2) /* it has the caller's memory until it execs */

/* Which child: its PID as the waiter knows it, or one of the above. False: it waits for no child. */
static bool child_wanted(const struct waiter *w, pid_t *ret)
{
	pid_t pid = (pid_t)w->args[0];

	switch (w->syscall) {
	case SYS_wait4:
		*ret = pid > 0 ? pid : pid == -1 ? ANY_CHILD : SOME_CHILD;
		return true;
	case SYS_waitid:
		*ret = w->args[0] == P_PID ? (pid_t)w->args[1] : w->args[0] == P_ALL ? ANY_CHILD : SOME_CHILD;
		return true;
#ifdef SYS_vfork
	case SYS_vfork:
#endif
	case SYS_clone:
	case SYS_clone3:
		*ret = VFORK_CHILD;
		return true;
	default:
		return false;
	}
}

bool link_step__child(const struct waiter *w, struct step *ret)
{
	pid_t list[CHILDREN], wanted;
	bool comparable;
	size_t count;

	if (!child_wanted(w, &wanted))
		return false;
	count = process_children(w->pid, list, CHILDREN);
	*ret = (struct step){.role = LINK_CHILD};
	/* Not so a PID of another namespace, nor a group; it is the only child all the same. */
	comparable = wanted > 0 && same_pid_namespace(w->pid, getpid());
	if ((wanted > 0 || wanted == SOME_CHILD) && !comparable && count != 1)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct task_look child;

		if ((comparable && list[i] != wanted) ||
		    (wanted == VFORK_CHILD && !same_memory(list[i], w->pid)))
			continue;
		/* One that has ended will be reaped, or is ignored. */
		if (task__look(list[i], &child) || child.state == 'Z')
			continue;
		ret->more += ret->pid > 0;
		ret->pid = ret->pid ? ret->pid : list[i];
	}
	return ret->pid > 0;
}

/* ---- locks of files --------------------------------------------------------------- */

/* The first of them that holds the lock, of another process than the waiter if there is one. */
static pid_t holder_among(const struct open_end *ends, size_t count, enum file_lock_kind kind,
			  const struct waiter *w, size_t *ret_more)
{
	pid_t found = 0;

	for (size_t i = 0; i < count; i++) {
		if (ends[i].pid == found || !open_end__holds_lock(ends[i], kind))
			continue;
		if (ends[i].pid == w->pid && ends[i].fd == (int)w->args[0])
			continue; /* a shared lock that it wants to make exclusive */
		*ret_more += found && found != w->pid && ends[i].pid != w->pid;
		if (!found || found == w->pid)
			found = ends[i].pid;
	}
	return found;
}

bool link_step__file_lock(struct links *l, const struct waiter *w, struct step *ret)
{
	struct file_lock_wait wait = {.pid = w->pid, .fd = (int)w->args[0], .kind = FILE_LOCK_FLOCK};
	struct open_end ends[ENDS];
	struct file_lock_holder h;

	if (w->syscall == SYS_fcntl)
		wait.kind = (int)w->args[1] == F_SETLKW ? FILE_LOCK_RECORD : FILE_LOCK_DESCRIPTION;
	*ret = (struct step){.role = LINK_HOLDS_FILE};
	if (!open_end__link((struct open_end){w->pid, wait.fd}, ret->object))
		return false;
	h = file_lock__holder(&wait);
	/* A lock of the process goes with it; one of the open file may have passed to another that has it. */
	if (h.pid && process_has_task(h.pid, h.pid)) {
		size_t count = open_files__of(h.pid, ret->object, ends, ENDS);

		if (!count || holder_among(ends, count, wait.kind, w, &ret->more))
			ret->pid = h.pid;
	}
	if (!ret->pid)
		ret->pid = holder_among(ends, open_files__find(links__open(l), ret->object, ends, ENDS),
					wait.kind, w, &ret->more);
	return ret->pid > 0;
}

/* The kernel's own. It may have gone from one thread to the next meanwhile. */
bool link_step__file_locker(const struct waiter *w, struct step *ret)
{
	struct task_look holder;

	if (w->file_locker == w->tid || task__look(w->file_locker, &holder))
		return false;
	*ret = (struct step){.role = w->of_position ? LINK_HOLDS_POSITION : LINK_HOLDS_INODE,
			     .pid = holder.pid,
			     .tid = holder.tid};
	return true;
}

/* ---- pipes ------------------------------------------------------------------------ */

struct ends {
	pid_t pid;
	bool wanted, both;
};

/* Processes that have the wanted end: one that has it alone is likelier than one that keeps both. */
static bool choose_end(const struct open_end *list, size_t count, bool reading, const struct waiter *w,
		       struct step *ret)
{
	struct ends best = {0}, own = {0};

	for (size_t i = 0; i < count;) {
		struct ends e = {.pid = list[i].pid};
		bool other = false;

		for (; i < count && list[i].pid == e.pid; i++) {
			int mode = open_end__mode(list[i]);

			e.wanted = e.wanted || mode == (reading ? O_RDONLY : O_WRONLY) || mode == O_RDWR;
			other = other || mode == (reading ? O_WRONLY : O_RDONLY);
		}
		e.both = e.wanted && other;
		if (e.wanted && e.pid == w->pid) {
			own = e;
		} else if (e.wanted && (!best.pid || (best.both && !e.both))) {
			best = e;
			ret->more = 0;
		} else if (e.wanted && best.both == e.both) {
			ret->more++;
		}
	}
	ret->pid = best.pid ? best.pid : own.pid;
	ret->shared = best.both && own.both;
	return ret->pid > 0;
}

bool link_step__pipe(struct links *l, const struct waiter *w, bool writes, struct step *ret)
{
	struct open_end ends[ENDS], own = {w->pid, (int)w->args[0]};

	*ret = (struct step){.role = writes ? LINK_READS : LINK_WRITES};
	if (!open_end__link(own, ret->object) ||
	    (strncmp(ret->object, "pipe:[", 6) != 0 && !open_end__is_fifo(own)))
		return false;
	return choose_end(ends, open_files__find(links__open(l), ret->object, ends, ENDS), writes, w, ret);
}

/* Of POSIX: its link is its name, and each IPC namespace has its own names. */
static bool find_queue_reader(struct links *l, const struct waiter *w, struct step *ret)
{
	struct open_end ends[ENDS], own = {w->pid, (int)w->args[0]};
	size_t count, kept = 0;

	*ret = (struct step){.role = LINK_READS};
	if (!open_end__link(own, ret->object))
		return false;
	count = open_files__find(links__open(l), ret->object, ends, ENDS);
	for (size_t i = 0; i < count; i++)
		if (open_ends__same(ends[i], own))
			ends[kept++] = ends[i];
	return choose_end(ends, kept, true, w, ret);
}

/* ---- which ------------------------------------------------------------------------ */

bool link_step__find(struct links *l, const struct waiter *w, struct step *ret)
{
	struct wait_evidence e = {.state = 'S', .syscall = w->syscall, .args = w->args};
	enum wait_kind kind;

	if (w->file_locker)
		return link_step__file_locker(w, ret);
	/* A backend that waits for no lock of the server may still wait for its client. */
	if ((w->in_database || w->server) && link_step__database(l, w, ret))
		return true;
	if (w->in_sqlite)
		return link_step__sqlite(w, ret);
	if (w->owner || w->word)
		return link_step__owner(w, ret);
	if (w->syscall < 0)
		return false;
	kind = wait__classify(&e);
	switch (kind) {
	case WAIT_FILE_LOCK:
		return link_step__file_lock(l, w, ret);
	case WAIT_CHILD:
		return link_step__child(w, ret);
	case WAIT_READ:
	case WAIT_WRITE:
		return link_step__pipe(l, w, kind == WAIT_WRITE, ret) || link_step__socket(l, w, ret) ||
		       link_step__terminal(l, w, kind == WAIT_WRITE, ret) || link_step__file(l, w, ret);
	case WAIT_CONNECT:
		return link_step__socket(l, w, ret);
	case WAIT_SYSV_SEMAPHORE:
		return link_step__ipc(w, ret);
	case WAIT_MESSAGE_SEND:
		return w->syscall == SYS_mq_timedsend ? find_queue_reader(l, w, ret) : link_step__ipc(w, ret);
	default:
		return link_step__file(l, w, ret);
	}
}
