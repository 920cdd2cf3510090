/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks with names, shared by all threads with the same addresses: often there are thousands of threads and
 * few stacks. */
#ifndef TS_COLLECT_STACKS_STACK_TABLE_H
#define TS_COLLECT_STACKS_STACK_TABLE_H

#include "facts/stack.h"
#include "util/arena.h"

/* The key: the addresses of the walk. */
struct bare_frames {
	const uint64_t *pcs;
	const uint8_t *exact; /* as in call_stack; NULL: not looked up yet */
	size_t count;
	enum stack_end end;
};

struct stack_table {
	struct stack_entry *entries;
	struct arena arena; /* of keys */
};

/* NULL: not known yet. */
const struct call_stack *stack_table__find(const struct stack_table *t, const struct bare_frames *b);
/* b's arrays are copied, the frames are not. */
void stack_table__add(struct stack_table *t, const struct bare_frames *b, const struct call_stack *stack);
void stack_table__free(struct stack_table *t);

#endif
