// SPDX-License-Identifier: GPL-2.0-or-later
#include "sample/socket_waits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/sockets.h"

/* 0: no socket. */
static uint64_t socket_of(const struct sample_thread *t)
{
	static const char start[] = "socket:[";

	return t->path && !strncmp(t->path, start, strlen(start))
		       ? strtoull(t->path + strlen(start), NULL, 10)
		       : 0;
}

static int by_inode(const void *a, const void *b)
{
	const struct socket_end *x = a, *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

/* Sorted, each once. */
static size_t list_sockets(const struct sample *s, struct socket_end *list)
{
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < s->thread_count; i++)
		if (socket_of(&s->threads[i]))
			list[count++].inode = socket_of(&s->threads[i]);
	qsort(list, count, sizeof(*list), by_inode);
	for (size_t i = 0; i < count; i++)
		if (!kept || list[kept - 1].inode != list[i].inode)
			list[kept++] = list[i];
	return kept;
}

void socket_waits__name(struct sample *s, struct targets *targets, pid_t pid)
{
	struct target *t = targets__named(targets, pid);
	size_t waiting = 0, count;
	struct socket_end *list;

	for (size_t i = 0; i < s->thread_count; i++)
		waiting += socket_of(&s->threads[i]) != 0;
	list = waiting && t ? calloc(waiting, sizeof(*list)) : NULL;
	if (!list)
		return;
	count = list_sockets(s, list);
	sockets__find(t->process, list, count);
	for (size_t i = 0; i < s->thread_count; i++) {
		struct socket_end key = {.inode = socket_of(&s->threads[i])};
		const struct socket_end *e = bsearch(&key, list, count, sizeof(*list), by_inode);
		char text[SOCKET_TEXT_BYTES + 16];

		if (!key.inode || !e || !e->text[0])
			continue;
		snprintf(text, sizeof(text), "%s%s",
			 !e->peer                             ? "socket at "
			 : s->threads[i].kind == WAIT_CONNECT ? ""
							      : "socket to ",
			 e->text);
		s->threads[i].path = arena__string(&s->arena, text);
	}
	free(list);
}
