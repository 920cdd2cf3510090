/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/reader.h"

#include <errno.h>
#include <stdlib.h>

#include "go/runtime/pool.h"

#define BYTES_MAX (64u << 20) /* of different stacks */

struct entry {
	struct goroutine_stack stack;
	struct entry *next; /* of the same hash */
};

struct go_stacks {
	struct go_pool pool;
	struct go_table table; /* of struct entry * by hash */
};

int go_stacks__new(struct go_stacks **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

void go_stacks__forget(struct go_stacks *s)
{
	go_pool__free(&s->pool);
	go_table__free(&s->table);
}

void go_stacks__free(struct go_stacks *s)
{
	if (s)
		go_stacks__forget(s);
	free(s);
}

static uint64_t hash(const uint64_t *pcs, uint32_t count, enum stack_end end)
{
	uint64_t h = 0xcbf29ce484222325u + (uint64_t)end;

	for (uint32_t i = 0; i < count; i++) {
		h = (h ^ pcs[i]) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
	}
	return h;
}

const struct goroutine_stack *go_stacks__intern(struct go_stacks *s, const uint64_t *pcs, uint32_t count,
						enum stack_end end)
{
	struct entry *e, **slot;
	uint64_t *copy, key = hash(pcs, count, end);
	bool made;

	slot = go_table__find(&s->table, sizeof(*slot), key);
	for (e = slot ? *slot : NULL; e; e = e->next)
		if (e->stack.count == count && e->stack.end == end &&
		    !memcmp(e->stack.pcs, pcs, count * sizeof(*pcs)))
			return &e->stack;
	if (s->pool.bytes > BYTES_MAX)
		return NULL;
	slot = go_table__get(&s->table, sizeof(*slot), key, &made);
	e = go_pool__alloc(&s->pool, sizeof(*e) + count * sizeof(*pcs));
	if (!slot || !e)
		return NULL;
	copy = (uint64_t *)(e + 1);
	memcpy(copy, pcs, count * sizeof(*pcs));
	*e = (struct entry){.stack = {.pcs = copy, .count = count, .end = end}, .next = *slot};
	*slot = e;
	return &e->stack;
}

const struct goroutine_stack *go_stacks__none(enum stack_end end)
{
	static const struct goroutine_stack none[] = {
		[STACK_COMPLETE] = {.end = STACK_COMPLETE},     [STACK_TRUNCATED] = {.end = STACK_TRUNCATED},
		[STACK_RUNNING] = {.end = STACK_RUNNING},       [STACK_MOVED] = {.end = STACK_MOVED},
		[STACK_UNREADABLE] = {.end = STACK_UNREADABLE},
	};

	return &none[end];
}
