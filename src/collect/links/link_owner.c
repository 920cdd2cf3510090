// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The owner of a lock whose TID is no thread of the waiter's process. The number is of the waiter's PID
 * namespace, or, in memory that containers share, of another one: who it is must be proven.
 */
#include <linux/futex.h>
#include <string.h>
#include <unistd.h>

#include "collect/links/links_private.h"

#define ANCESTORS 16

/* glibc's pthread_mutex_t: word, count, owner, users, kind. */
#define GLIBC_OWNER      8
#define GLIBC_KIND       16
#define GLIBC_CONTENDED  2
#define GLIBC_KINDS_MASK 0xfffffc0c /* bits that no kind of a mutex has: nptl/pthreadP.h */

static bool is_ancestor(pid_t ancestor, pid_t pid)
{
	struct task_look l;

	for (int i = 0; i < ANCESTORS && pid > 1 && !task__look(pid, &l); i++) {
		if (l.parent == ancestor)
			return true;
		pid = l.parent;
	}
	return false;
}

/* The mapping of the address, in the process as it is now. Its path is not kept. */
static bool mapping_of(pid_t pid, uint64_t address, struct mapping *ret)
{
	struct mappings all = {0};
	struct process *p = NULL;
	const struct mapping *m = NULL;

	if (!process__open(pid, &p) && !process__mappings(p, &all))
		m = mappings__find(&all, address);
	if (m)
		*ret = *m;
	mappings__free(&all);
	process__close(p);
	return m;
}

static bool maps_it(pid_t pid, const struct mapping *wanted)
{
	struct mappings all = {0};
	struct process *p = NULL;
	bool found = false;

	if (!process__open(pid, &p) && !process__mappings(p, &all))
		for (size_t i = 0; i < all.count && !found; i++) {
			const struct mapping *m = &all.list[i];

			found = m->shared && m->inode == wanted->inode && m->dev_major == wanted->dev_major &&
				m->dev_minor == wanted->dev_minor;
		}
	mappings__free(&all);
	process__close(p);
	return found;
}

struct elsewhere {
	pid_t waiter;
	const struct mapping *memory;
	size_t looked;
};

#define ELSEWHERE_MAX 32

/* A process of another PID namespace that has the memory, too: the TID may be its. Stops also if there are
 * too many to look at. */
static int look_elsewhere(pid_t pid, const char *comm, void *arg)
{
	struct elsewhere *e = arg;

	(void)comm;
	if (pid == getpid() || same_pid_namespace(pid, e->waiter))
		return 0;
	return e->looked++ == ELSEWHERE_MAX || maps_it(pid, e->memory);
}

static bool may_be_elsewhere(pid_t waiter, const struct mapping *memory)
{
	struct elsewhere e = {.waiter = waiter, .memory = memory};

	return processes__each(look_elsewhere, &e) != 0;
}

/* In memory of its own: a thread of a process that it was forked from, or one that has ended. */
static bool private_owner(const struct waiter *w, const struct task_look *owner, struct step *ret)
{
	if (owner->pid && same_memory(owner->pid, w->pid)) {
		ret->pid = owner->pid;
		ret->tid = owner->tid;
	} else if (owner->pid && is_ancestor(owner->pid, w->pid)) {
		ret->pid = owner->pid;
		ret->tid = owner->tid;
		ret->state = LINK_LEFT;
	} else {
		ret->state = LINK_GONE;
	}
	return true;
}

static bool shared_owner(const struct waiter *w, const struct task_look *owner, const struct mapping *memory,
			 struct step *ret)
{
	if (owner->pid) {
		ret->pid = owner->pid;
		ret->tid = owner->tid;
		return maps_it(owner->pid, memory);
	}
	ret->state = LINK_GONE;
	return !may_be_elsewhere(w->pid, memory);
}

/* A lock of a process whose stack is not read: glibc's mutex by its own bytes, or a word that the kernel or
 * musl keeps the owner in. What else waits on a word looks like that by accident only. */
static pid_t owner_in_bytes(const struct waiter *w)
{
	uint32_t lock[GLIBC_KIND / 4 + 1] = {0};
	struct process *p = NULL;
	pid_t owner = 0;

	if (!process__open(w->pid, &p) &&
	    process__read(p, w->word, lock, sizeof(lock)) == (ssize_t)sizeof(lock)) {
		if (lock[0] == GLIBC_CONTENDED && !(lock[GLIBC_KIND / 4] & GLIBC_KINDS_MASK))
			owner = (pid_t)lock[GLIBC_OWNER / 4];
		else if (lock[0] & FUTEX_WAITERS)
			owner = (pid_t)(lock[0] & FUTEX_TID_MASK);
	}
	process__close(p);
	return owner > 0 ? owner : 0;
}

bool link_step__owner(const struct waiter *w, struct step *ret)
{
	pid_t number = w->target ? w->owner : owner_in_bytes(w);
	struct task_look owner = {0};
	struct mapping memory;
	bool ours = same_pid_namespace(w->pid, getpid());

	*ret = (struct step){.role = LINK_OWNS, .tid = number};
	if (number && w->reused) {
		ret->state = LINK_REUSED;
		ret->tid = w->reused;
		return true;
	}
	if (!number || !mapping_of(w->pid, w->word, &memory))
		return false;
	/* Numbers of another namespace are not searched: unknown. */
	if (!ours || number == w->tid)
		return false;
	if (task__look(number, &owner))
		owner = (struct task_look){0};
	if (owner.pid == w->pid) {
		ret->pid = owner.pid;
		/* A target's owner is a thread that it has made since: its chain begins anew. */
		return !w->target;
	}
	if (!w->target && !owner.pid)
		return false; /* the bytes may mean something else */
	return memory.shared ? shared_owner(w, &owner, &memory, ret) : private_owner(w, &owner, ret);
}
