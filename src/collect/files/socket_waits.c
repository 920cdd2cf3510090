// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/socket_waits.h"

#include <stdlib.h>

#include "collect/files/socket_names.h"
#include "util/heap.h"

void socket_waits__name(struct sample *s, struct probes *probes, pid_t pid)
{
	size_t waiting = 0, count = 0;
	struct socket_end *list;

	for (size_t i = 0; i < s->thread_count; i++)
		waiting += socket_path__inode(s->threads[i].path) != 0;
	if (!waiting)
		return;
	list = HEAP_NEW(struct socket_end, waiting);
	for (size_t i = 0; i < s->thread_count; i++)
		if (socket_path__inode(s->threads[i].path))
			list[count++].inode = socket_path__inode(s->threads[i].path);
	count = socket_names__find(probes, pid, list, count);
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *thread = &s->threads[i];
		const struct socket_end *e = socket_names__get(list, count, socket_path__inode(thread->path));
		char name[SOCKET_NAME_BYTES];
		bool bare = e && e->peer && thread->kind == WAIT_CONNECT;

		if (e)
			thread->path = arena__string(&s->arena, bare ? e->text : socket_name(name, e));
	}
	free(list);
}
