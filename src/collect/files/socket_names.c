// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/socket_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/text.h"

uint64_t socket_path__inode(const char *path)
{
	static const char start[] = "socket:[";

	return path && starts_with(path, start) ? strtoull(path + strlen(start), NULL, 10) : 0;
}

static int by_inode(const void *a, const void *b)
{
	const struct socket_end *x = a, *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

size_t socket_names__find(const struct process *p, struct socket_end *list, size_t count)
{
	size_t kept = 0;

	if (!count)
		return 0;
	qsort(list, count, sizeof(*list), by_inode);
	for (size_t i = 0; i < count; i++)
		if (!kept || list[kept - 1].inode != list[i].inode)
			list[kept++] = list[i];
	sockets__find(p, list, kept);
	return kept;
}

const struct socket_end *socket_names__get(const struct socket_end *list, size_t count, uint64_t inode)
{
	struct socket_end key = {.inode = inode};
	const struct socket_end *e =
		inode && count ? bsearch(&key, list, count, sizeof(*list), by_inode) : NULL;

	return e && e->text[0] ? e : NULL;
}

const char *socket_name(char dst[SOCKET_NAME_BYTES], const struct socket_end *e)
{
	snprintf(dst, SOCKET_NAME_BYTES, "socket %s %s", e->peer ? "to" : "at", e->text);
	return dst;
}
