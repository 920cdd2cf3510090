// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/pid_table.h"

#include <stdlib.h>

#include "util/table.h"

struct entry {
	UT_hash_handle hh;
	pid_t pid;
	_Alignas(max_align_t) char piece[];
};

struct pid_table {
	struct entry *entries;
	size_t size;
	void (*end)(void *piece);
};

struct pid_table *pid_table__new(size_t size, void (*end)(void *piece))
{
	struct pid_table *t = HEAP_NEW(struct pid_table, 1);

	t->size = size;
	t->end = end;
	return t;
}

void *pid_table__at(struct pid_table *t, pid_t pid)
{
	struct entry *e;

	HASH_FIND_INT(t->entries, &pid, e);
	if (e)
		return e->piece;
	e = heap__array(1, sizeof(*e) + t->size);
	e->pid = pid;
	HASH_ADD_INT(t->entries, pid, e);
	return e->piece;
}

static void forget(struct pid_table *t, struct entry *e)
{
	HASH_DEL(t->entries, e);
	if (t->end)
		t->end(e->piece);
	free(e);
}

void pid_table__forget(struct pid_table *t, pid_t pid)
{
	struct entry *e;

	HASH_FIND_INT(t->entries, &pid, e);
	if (e)
		forget(t, e);
}

void pid_table__free(struct pid_table *t)
{
	struct entry *e, *next;

	if (!t)
		return;
	HASH_ITER(hh, t->entries, e, next)
	{
		/* cppcheck-suppress uninitvar ; it does not see through HASH_ITER */
		forget(t, e);
	}
	free(t);
}
