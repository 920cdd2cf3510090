// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/call_memory.h"

#include <stdlib.h>
#include <string.h>

#include "thresholds.h"
#include "util/clock.h"
#include "util/heap.h"

#define MOST_CALLS 256 /* of all processes: more than convoys that a person could look at */

struct kept_call {
	struct held_call c;
	char *path, *name;
};

struct call_memory {
	struct kept_call list[MOST_CALLS];
	size_t count;
};

struct call_memory *call_memory__new(void)
{
	return HEAP_NEW(struct call_memory, 1);
}

static void drop(struct call_memory *m, size_t i)
{
	free(m->list[i].path);
	free(m->list[i].name);
	m->list[i] = m->list[--m->count];
}

void call_memory__free(struct call_memory *m)
{
	while (m && m->count)
		drop(m, m->count - 1);
	free(m);
}

void call_memory__forget(struct call_memory *m, pid_t pid)
{
	for (size_t i = m->count; i-- > 0;)
		if (m->list[i].c.pid == pid)
			drop(m, i);
}

void call_memory__age(struct call_memory *m, uint64_t now_ns)
{
	for (size_t i = m->count; i-- > 0;)
		if (gained_since(now_ns, m->list[i].c.seen_ns) > NS_OF_S(LOCK_CALL_SEEN_S))
			drop(m, i);
}

static bool is_same(const struct held_call *x, const struct held_call *y)
{
	return x->pid == y->pid && x->lock == y->lock && !strcmp(x->path, y->path);
}

static size_t oldest(const struct call_memory *m)
{
	size_t at = 0;

	for (size_t i = 1; i < m->count; i++)
		if (m->list[i].c.seen_ns < m->list[at].c.seen_ns)
			at = i;
	return at;
}

void call_memory__keep(struct call_memory *m, const struct held_call *one)
{
	struct kept_call k = {.c = *one};

	for (size_t i = m->count; i-- > 0;)
		if (is_same(&m->list[i].c, one))
			drop(m, i);
	if (m->count == MOST_CALLS)
		drop(m, oldest(m));
	k.c.path = k.path = heap__string(one->path);
	k.c.name = k.name = heap__string(one->name);
	m->list[m->count++] = k;
}

const struct held_call *call_memory__get(const struct call_memory *m, size_t i)
{
	return i < m->count ? &m->list[i].c : NULL;
}
