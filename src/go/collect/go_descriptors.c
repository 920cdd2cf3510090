// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/go_descriptors.h"

#include <stdlib.h>
#include <string.h>

#include "collect/files/peer_names.h"
#include "collect/files/socket_names.h"
#include "go/collect/go_pipes.h"
#include "util/array.h"
#include "util/heap.h"

struct go_descriptor {
	uint64_t g, goid; /* who waits */
	uint8_t tracking_seq;
	int fd;
	bool write;
	size_t group, row;
	char *path; /* malloc; NULL: not known */
};

/* Whether this group may have one more. */
static bool take(struct go_descriptors *d, size_t group)
{
	size_t before = d->taken_room;

	ARRAY_RESERVE(d->taken, d->taken_room, group + 1);
	memset(d->taken + before, 0, d->taken_room - before);
	return d->taken[group] < GROUP_TARGETS && ++d->taken[group];
}

void go_descriptors__add(struct go_descriptors *d, const struct goroutine *go, const struct go_wait *w,
			 size_t group, size_t row)
{
	if (w->target != GO_TARGET_FD || w->fd < 0 || d->count == GO_DESCRIPTORS_MAX ||
	    (row == NO_INDEX && !take(d, group)))
		return;
	*ARRAY_ADD(d->list, d->count, d->room) = (struct go_descriptor){.g = go->address,
									.goid = go->goid,
									.tracking_seq = go->tracking_seq,
									.fd = w->fd,
									.write = w->fd_write,
									.group = group,
									.row = row};
}

/* ---- names ---------------------------------------------------------------------- */

static void read_path(struct go_descriptor *one, struct goroutines *r, const struct process *p)
{
	struct descriptor d;

	if (process__descriptor(p, one->fd, &d))
		return;
	if (goroutines__stays(r, one->g, one->goid, one->tracking_seq))
		one->path = d.path;
	else
		free(d.path);
}

static struct socket_end *find_sockets(const struct go_descriptors *d, const struct process *p,
				       size_t *ret_count)
{
	struct socket_end *list = HEAP_NEW(struct socket_end, d->count);
	size_t count = 0;

	for (size_t i = 0; i < d->count; i++)
		if (socket_path__inode(d->list[i].path))
			list[count++].inode = socket_path__inode(d->list[i].path);
	*ret_count = socket_names__find(d->probes, process__pid(p), list, count);
	return list;
}

static void name_wait(struct go_wait *w, const struct go_descriptor *one, const struct socket_end *sockets,
		      size_t socket_count, struct arena *a)
{
	const struct socket_end *e = socket_names__get(sockets, socket_count, socket_path__inode(one->path));
	char name[SOCKET_NAME_BYTES];

	w->file = one->path ? arena__string(a, e ? socket_name(name, e) : one->path) : NULL;
	w->peer = e && e->peer ? arena__string(a, e->text) : NULL;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Keeps what all goroutines of the group share; this is number seen. */
static void name_group(struct go_group *g, const struct go_wait *w, size_t seen)
{
	if (!seen) {
		g->wait.file = w->file;
		g->peer = w->peer;
		return;
	}
	if (!same(g->wait.file, w->file))
		g->wait.file = NULL;
	if (!same(g->peer, w->peer))
		g->peer = NULL;
}

/* A fact that only some of them have does not hold for the group. */
static void check_groups(struct go_reading *report, const size_t *seen)
{
	for (size_t i = 0; i < report->group_count; i++) {
		struct go_group *g = &report->groups[i];

		if (!seen[i])
			continue;
		g->peer_seen = g->peer;
		g->peers_seen = seen[i];
		if (g->targets != 1 || g->targets_more)
			g->wait.file = g->wait.peer = NULL;
		else if (g->peer)
			g->wait.peer = g->peer;
		if (seen[i] < g->count && (g->targets != 1 || g->targets_more))
			g->peer = NULL;
	}
}

/* Of a pipe the processes that have its other end. */
static void name_pipe(struct go_pipes *pipes, struct go_wait *w, const struct go_descriptor *one,
		      struct go_group *g, size_t group, struct arena *a)
{
	struct pipe_reader r;
	char *text;

	go_pipes__look(pipes, g, group, one->path, one->write, &r);
	text = peer__of_pipe(&r);
	if (text)
		g->wait.peer = w->peer = arena__string(a, text);
	free(text);
}

void go_descriptors__name(struct go_descriptors *d, struct goroutines *r, const struct process *p,
			  struct arena *a, struct go_reading *report, const size_t *places)
{
	struct go_pipes pipes = {.pid = process__pid(p)};
	struct socket_end *sockets;
	size_t *seen, socket_count;

	if (!d->count)
		return;
	seen = HEAP_NEW(size_t, report->group_count + 1);
	for (size_t i = 0; i < d->count; i++)
		read_path(&d->list[i], r, p);
	sockets = find_sockets(d, p, &socket_count);
	for (size_t i = 0; i < d->count; i++) {
		const struct go_descriptor *one = &d->list[i];
		size_t group = places[one->group];
		struct go_wait w = {.fd = one->fd};

		name_wait(&w, one, sockets, socket_count, a);
		name_group(&report->groups[group], &w, seen[group]++);
		name_pipe(&pipes, &w, one, &report->groups[group], group, a);
		if (one->row < report->list_count) {
			report->list[one->row].wait.file = w.file;
			report->list[one->row].wait.peer = w.peer;
		}
	}
	check_groups(report, seen);
	go_pipes__name(&pipes, report, a);
	go_pipes__free(&pipes);
	free(sockets);
	free(seen);
}

void go_descriptor__name(struct go_wait *w, const struct goroutine *go, struct goroutines *r,
			 struct probes *probes, const struct process *p, struct arena *a)
{
	struct go_descriptor one = {
		.g = go->address, .goid = go->goid, .tracking_seq = go->tracking_seq, .fd = w->fd};
	struct socket_end e = {0};

	read_path(&one, r, p);
	e.inode = socket_path__inode(one.path);
	name_wait(w, &one, &e, e.inode ? socket_names__find(probes, process__pid(p), &e, 1) : 0, a);
	free(one.path);
}

void go_descriptors__free(struct go_descriptors *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->list[i].path);
	free(d->list);
	free(d->taken);
	*d = (struct go_descriptors){0};
}
