// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/socket_names.h"

#include <stdlib.h>

#include "probes/probes.h"

static int by_inode(const void *a, const void *b)
{
	const struct socket_end *x = a, *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

struct search {
	struct socket_end *list;
	size_t count, missing;
};

static bool take(void *arg, const struct ts_socket *s)
{
	struct search *search = arg;
	struct socket_end key = {.inode = s->inode};
	struct socket_end *wanted = bsearch(&key, search->list, search->count, sizeof(key), by_inode);

	if (wanted && !wanted->seen) {
		socket_end__fill(wanted, s);
		wanted->seen = true;
		search->missing--;
	}
	return !search->missing;
}

size_t socket_names__find(struct probes *probes, pid_t pid, struct socket_end *list, size_t count)
{
	struct search search = {.list = list};

	if (!count)
		return 0;
	qsort(list, count, sizeof(*list), by_inode);
	for (size_t i = 0; i < count; i++)
		if (!search.count || list[search.count - 1].inode != list[i].inode)
			list[search.count++] = list[i];
	search.missing = search.count;
	probes__sockets(probes, pid, take, &search);
	return search.count;
}

void socket_names__sort(struct socket_end *list, size_t count)
{
	if (count)
		qsort(list, count, sizeof(*list), by_inode);
}

bool socket_names__known(const struct socket_end *list, size_t count, uint64_t inode)
{
	struct socket_end key = {.inode = inode};

	return count && bsearch(&key, list, count, sizeof(*list), by_inode);
}

const struct socket_end *socket_names__get(const struct socket_end *list, size_t count, uint64_t inode)
{
	struct socket_end key = {.inode = inode};
	const struct socket_end *e =
		inode && count ? bsearch(&key, list, count, sizeof(*list), by_inode) : NULL;

	return e && e->text[0] ? e : NULL;
}
