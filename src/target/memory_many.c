/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many small pieces of the target's memory in few requests. */
#include <errno.h>

#include "target/helper_memory.h"
#include "target/process_private.h"

/* How many of the next n can be read at once. 0: the first is too large. */
static size_t that_fit(const struct memory_piece *list, size_t n)
{
	size_t bytes = 0, i = 0;

	while (i < n && i < HELPER_PIECES && list[i].len <= HELPER_BYTES - bytes)
		bytes += list[i++].len;
	return i;
}

static void read_some(const struct process *p, struct memory_piece *list, size_t n)
{
	int err = process__read_pieces(p, list, n, false);

	for (size_t i = 0; err && i < n; i++)
		list[i].got = err;
}

int process__read_many(const struct process *p, struct memory_piece *list, size_t n)
{
	for (size_t i = 0, count; i < n; i += count) {
		count = that_fit(list + i, n - i);
		if (!count) {
			count = 1;
			list[i].got = process__read(p, list[i].address, list[i].buf, list[i].len);
			continue;
		}
		read_some(p, list + i, count);
		/* The thread that was asked has exited, its process lives. */
		if (list[i].got == -ESRCH && process__alive(p) && !process__find_live((struct process *)p))
			read_some(p, list + i, count);
		if (list[i].got == -ESRCH || list[i].got == -EPERM)
			return (int)list[i].got;
	}
	return process__alive(p) ? 0 : -ESRCH;
}
