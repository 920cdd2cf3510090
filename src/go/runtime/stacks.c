/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/reader.h"

#include <stdlib.h>

#include "util/arena.h"
#include "util/heap.h"
#include "util/u64_table.h"

#define BYTES_MAX (64u << 20) /* of different stacks */

struct entry {
	struct goroutine_stack stack;
	struct entry *next; /* of the same hash */
};

struct go_stacks {
	struct arena pool;
	struct u64_table table; /* of struct entry * by hash */
};

struct go_stacks *go_stacks__new(void)
{
	return HEAP_NEW(struct go_stacks, 1);
}

void go_stacks__forget(struct go_stacks *s)
{
	arena__free(&s->pool);
	u64_table__free(&s->table);
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

	slot = u64_table__find(&s->table, sizeof(*slot), key);
	for (e = slot ? *slot : NULL; e; e = e->next)
		if (e->stack.count == count && e->stack.end == end &&
		    !memcmp(e->stack.pcs, pcs, count * sizeof(*pcs)))
			return &e->stack;
	if (s->pool.bytes > BYTES_MAX)
		return NULL;
	slot = u64_table__get(&s->table, sizeof(*slot), key, &made);
	e = arena__alloc(&s->pool, sizeof(*e) + count * sizeof(*pcs));
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
