// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/stacks/stack_table.h"

#include <string.h>

#include "util/table.h"

struct stack_entry {
	struct bare_frames bare;
	struct call_stack stack;
	UT_hash_handle hh; /* by the addresses; those that differ in the rest are chained */
	struct stack_entry *other;
};

static bool same(const struct bare_frames *a, const struct bare_frames *b)
{
	if (a->end != b->end || !a->exact != !b->exact)
		return false;
	return !a->exact || !memcmp(a->exact, b->exact, a->count);
}

static struct stack_entry *by_addresses(const struct stack_table *t, const struct bare_frames *b)
{
	struct stack_entry *e;

	HASH_FIND(hh, t->entries, b->pcs, b->count * sizeof(*b->pcs), e);
	return e;
}

const struct call_stack *stack_table__find(const struct stack_table *t, const struct bare_frames *b)
{
	if (!b->count)
		return NULL;
	for (struct stack_entry *e = by_addresses(t, b); e; e = e->other)
		if (same(&e->bare, b))
			return &e->stack;
	return NULL;
}

void stack_table__add(struct stack_table *t, const struct bare_frames *b, const struct call_stack *stack)
{
	struct stack_entry *e, *first;

	if (!b->count)
		return;
	e = ARENA_NEW(&t->arena, struct stack_entry, 1);
	e->bare = *b;
	e->bare.pcs = arena__copy(&t->arena, b->pcs, b->count * sizeof(*b->pcs));
	if (b->exact)
		e->bare.exact = arena__copy(&t->arena, b->exact, b->count);
	e->stack = *stack;
	first = by_addresses(t, b);
	if (first) {
		e->other = first->other;
		first->other = e;
		return;
	}
	HASH_ADD_KEYPTR(hh, t->entries, e->bare.pcs, b->count * sizeof(*b->pcs), e);
}

void stack_table__free(struct stack_table *t)
{
	HASH_CLEAR(hh, t->entries);
	arena__free(&t->arena);
}
