// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has the other end of a socket, and who listens where a connect waits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "collect/links/links_private.h"
#include "target/namespaces.h"
#include "target/process.h"
#include "target/socket_ends.h"

#define ENDS 64

/* The first process that has it open, another than the waiter if there is one. */
static bool choose(struct links *l, const struct waiter *w, struct step *ret)
{
	struct open_end ends[ENDS];
	size_t count = open_files__find(links__open(l), ret->object, ends, ENDS);
	pid_t last = 0;

	for (size_t i = 0; i < count; i++) {
		if (ends[i].pid == last)
			continue;
		last = ends[i].pid;
		if (!ret->pid || ret->pid == w->pid)
			ret->pid = last;
		else if (last != w->pid)
			ret->more++;
	}
	return ret->pid > 0;
}

static uint64_t inode_in(const char *link)
{
	return strncmp(link, "socket:[", 8) ? 0 : strtoull(link + 8, NULL, 10);
}

struct address {
	struct sockaddr_storage a;
	size_t bytes;
	uint64_t inode; /* of a Unix socket's path; 0: of none, or not known */
};

static uint64_t path_inode(const struct process *p, const struct sockaddr_un *un)
{
	char path[sizeof(un->sun_path) + 1];

	snprintf(path, sizeof(path), "%.*s", (int)sizeof(un->sun_path), un->sun_path);
	return *path ? process__cached_inode(p, path) : 0;
}

static bool address_of(const struct waiter *w, struct address *ret)
{
	struct process *p = NULL;
	bool read;

	*ret = (struct address){.bytes = w->args[2] < sizeof(ret->a) ? w->args[2] : sizeof(ret->a)};
	read = ret->bytes >= sizeof(ret->a.ss_family) && !process__open(w->pid, &p) &&
	       process__read(p, w->args[1], &ret->a, ret->bytes) == (ssize_t)ret->bytes;
	if (read && ret->a.ss_family == AF_UNIX)
		ret->inode = path_inode(p, (const void *)&ret->a);
	process__close(p);
	return read;
}

void links__forget_sockets(struct links *l)
{
	for (size_t i = 0; i < l->socket_lists; i++)
		socket_ends__free(l->sockets[i].ends);
	l->socket_lists = 0;
}

/* Of the waiter's network namespace. NULL: that is not known, or these are too many. */
static struct socket_ends *sockets_of(struct links *l, pid_t pid)
{
	uint64_t namespace = namespace__of(pid, "net");

	for (size_t i = 0; i < l->socket_lists; i++)
		if (l->sockets[i].namespace == namespace)
			return l->sockets[i].ends;
	if (!namespace || l->socket_lists == SOCKET_LISTS)
		return NULL;
	l->sockets[l->socket_lists].namespace = namespace;
	l->sockets[l->socket_lists].ends = socket_ends__new(pid);
	return l->sockets[l->socket_lists++].ends;
}

static bool find_listener(struct links *l, struct socket_ends *sockets, const struct waiter *w,
			  struct step *ret)
{
	struct address address;
	struct listener found;

	if (!address_of(w, &address) ||
	    !socket_ends__listener(sockets, &address.a, address.bytes, address.inode, &found))
		return false;
	/* One with room is not what the connect waits for: its packets are dropped on the way. */
	if (found.queued <= found.backlog)
		return false;
	ret->role = LINK_LISTENS;
	ret->queued = found.queued;
	ret->backlog = found.backlog;
	snprintf(ret->object, sizeof(ret->object), "socket:[%llu]", (unsigned long long)found.inode);
	return found.inode && choose(l, w, ret);
}

bool link_step__socket(struct links *l, const struct waiter *w, struct step *ret)
{
	struct socket_ends *sockets;
	uint64_t inode, peer;
	char link[OPEN_LINK];

	if (!open_end__link((struct open_end){w->pid, (int)w->args[0]}, link) || !(inode = inode_in(link)) ||
	    !(sockets = sockets_of(l, w->pid)))
		return false;
	*ret = (struct step){.role = LINK_PEER};
	if (w->syscall == SYS_connect)
		return find_listener(l, sockets, w, ret);
	peer = socket_ends__peer(sockets, inode);
	snprintf(ret->object, sizeof(ret->object), "socket:[%llu]", (unsigned long long)peer);
	return peer && choose(l, w, ret);
}
