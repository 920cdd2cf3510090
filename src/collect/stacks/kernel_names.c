// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/stacks/kernel_names.h"

#include <stdlib.h>
#include <string.h>

#include "collect/stacks/stack_table.h"
#include "symbols/symbols.h"
#include "util/arena.h"
#include "util/heap.h"
#include "util/table.h"

struct kernel_name {
	uint64_t address, offset;
	const char *function; /* NULL: not known */
	UT_hash_handle hh;
};

struct kernel_names {
	struct probes *probes;
	struct kernel_symbols *table; /* /proc/kallsyms */
	bool table_failed;
	struct kernel_name *names;
	struct arena arena; /* of names */
};

struct kernel_names *kernel_names__new(struct probes *p)
{
	struct kernel_names *k = HEAP_NEW(struct kernel_names, 1);

	k->probes = p;
	return k;
}

void kernel_names__free(struct kernel_names *k)
{
	if (!k)
		return;
	HASH_CLEAR(hh, k->names);
	kernel_symbols__free(k->table);
	arena__free(&k->arena);
	free(k);
}

/* "function+0x10/0x20 [module]". Without "+0x" it is the address, not a name. */
static void parse(struct kernel_names *k, char *text, struct kernel_name *n)
{
	char *plus = strstr(text, "+0x");

	if (!plus)
		return;
	*plus = '\0';
	n->offset = strtoull(plus + 1, NULL, 16);
	n->function = arena__string(&k->arena, text);
}

static void look_up(struct kernel_names *k, struct kernel_name *n)
{
	char text[TS_KERNEL_SYMBOL_BYTES];
	struct frame symbol;

	if (!probes__kernel_symbol(k->probes, n->address, text, sizeof(text))) {
		parse(k, text, n);
		return;
	}
	if (!k->table && !k->table_failed && kernel_symbols__new(&k->table)) {
		k->table = NULL;
		k->table_failed = true;
	}
	if (!k->table || kernel_symbols__lookup(k->table, n->address, &symbol))
		return;
	n->function = symbol.function;
	n->offset = symbol.offset;
}

const char *kernel_names__find(struct kernel_names *k, uint64_t address, uint64_t *ret_offset)
{
	struct kernel_name *n;

	HASH_FIND(hh, k->names, &address, sizeof(address), n);
	if (!n) {
		n = ARENA_NEW(&k->arena, struct kernel_name, 1);
		n->address = address;
		look_up(k, n);
		HASH_ADD(hh, k->names, address, sizeof(address), n);
	}
	*ret_offset = n->offset;
	return n->function;
}

struct call_stack kernel_names__frames(struct kernel_names *k, struct arena *a, const struct bare_frames *b)
{
	struct frame *frames = ARENA_NEW(a, struct frame, b->count);

	for (size_t i = 0; i < b->count; i++) {
		frames[i].address = b->pcs[i];
		frames[i].function = arena__string(a, kernel_names__find(k, b->pcs[i], &frames[i].offset));
	}
	return (struct call_stack){.frames = frames, .count = b->count, .end = b->end};
}
