/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks with names, one for all threads that have the same addresses: they are thousands of threads often,
 * and few stacks. */
#ifndef TS_COLLECT_STACKS_STACK_TABLE_H
#define TS_COLLECT_STACKS_STACK_TABLE_H

#include "facts/stack.h"
#include "util/arena.h"

/* Addresses as they were walked: the key. */
struct bare_frames {
	const uint64_t *pcs;
	const uint8_t *exact; /* NULL: as call_stack has it, only the first */
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
