/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many small pieces of the target's memory in few requests. */
#include <errno.h>

#include "target/helper_memory.h"
#include "target/process_private.h"

/* Small enough that the helper's work on the first one, for which there is nothing to do meanwhile, is short,
 * and that both halves stay in the processor's cache. */
#define AHEAD_PIECES 128

/* How many of the next n can be read at once. 0: the first is too large. */
static size_t that_fit(const struct memory_piece *list, size_t n, size_t most)
{
	size_t bytes = 0, i = 0;

	while (i < n && i < most && list[i].len <= HELPER_BYTES - bytes)
		bytes += list[i++].len;
	return i;
}

static bool has_gone(const struct memory_piece *first)
{
	return first->got == -ESRCH || first->got == -EPERM;
}

/* Starts to read the next ones into that half. 0: none are left, or they cannot be read. */
static size_t begin_next(struct memory_request *o, uint32_t half, const struct memory_piece *list, size_t n)
{
	o->half = half;
	o->count = (uint32_t)that_fit(list, n, AHEAD_PIECES);
	if (o->count && helper_memory__begin(o, list))
		o->count = 0;
	return o->count;
}

/*
 * As long as all is well, the next ones are read while the last are copied. How many were read: the others
 * are left to the caller.
 */
static size_t read_ahead(const struct process *p, struct memory_piece *list, size_t n)
{
	struct memory_request o[2] = {{.tid = p->live}, {.tid = p->live}};
	size_t done = 0, count, next;
	uint32_t i = 0;
	int err;

	if (n <= AHEAD_PIECES || !process__answers(p))
		return 0;
	for (count = begin_next(&o[0], 0, list, n); count; count = next) {
		struct memory_piece *these = list + done;

		next = begin_next(&o[!i], !i, these + count, n - done - count);
		err = helper_memory__end(&o[i], these);
		if (err == -ETIMEDOUT)
			process__doubt(p);
		if (err)
			break;
		if (has_gone(these)) {
			if (next)
				helper_memory__end(&o[!i], these + count);
			break;
		}
		done += count;
		i = !i;
	}
	return done;
}

static void read_some(const struct process *p, struct memory_piece *list, size_t n)
{
	int err = process__read_pieces(p, list, n, false);

	for (size_t i = 0; err && i < n; i++)
		list[i].got = err;
}

int process__read_many(const struct process *p, struct memory_piece *list, size_t n)
{
	for (size_t i = read_ahead(p, list, n), count; i < n; i += count) {
		count = that_fit(list + i, n - i, HELPER_PIECES);
		if (!count) {
			count = 1;
			list[i].got = process__read(p, list[i].address, list[i].buf, list[i].len);
			continue;
		}
		read_some(p, list + i, count);
		/* The thread that was asked has exited, its process lives. */
		if (list[i].got == -ESRCH && process__alive(p) && !process__find_live((struct process *)p))
			read_some(p, list + i, count);
		if (has_gone(&list[i]))
			return (int)list[i].got;
	}
	return process__alive(p) ? 0 : -ESRCH;
}
