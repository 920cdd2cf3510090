/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From 1.26 on nothing in g counts system calls: between two looks it may have left one and entered another
 * from the same depth. The stack's innermost part is then another one.
 */
#include <string.h>

#include "go/runtime/batch.h"

static size_t again_bytes(const struct goroutines *r, const struct go_slot *s)
{
	if (!s->stack_read || go_slot__status(r, s->before) != GOROUTINE_SYSCALL)
		return 0;
	return s->stack_len < GO_AGAIN_BYTES ? s->stack_len : GO_AGAIN_BYTES;
}

void go_again__want(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (again_bytes(r, list[i]))
			go_batch__want(b, list[i]->stack_base, b->again + i * GO_AGAIN_BYTES,
				       again_bytes(r, list[i]));
}

bool go_again__same(const struct goroutines *r, const struct go_batch *b, const struct go_slot *s, size_t at)
{
	return !memcmp(b->buffer + s->stack_at, b->again + at * GO_AGAIN_BYTES, again_bytes(r, s));
}
