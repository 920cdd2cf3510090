/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/pool.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 65536

struct go_pool_block {
	struct go_pool_block *next;
	size_t used, size;
	_Alignas(8) uint8_t bytes[];
};

void *go_pool__alloc(struct go_pool *p, size_t size)
{
	struct go_pool_block *b = p->blocks;
	void *at;

	size = (size + 7) & ~(size_t)7;
	if (!b || b->size - b->used < size) {
		size_t room = size > BLOCK ? size : BLOCK;

		b = calloc(1, sizeof(*b) + room);
		if (!b)
			return NULL;
		b->size = room;
		b->next = p->blocks;
		p->blocks = b;
	}
	at = b->bytes + b->used;
	b->used += size;
	p->bytes += size;
	return at;
}

const char *go_pool__string(struct go_pool *p, const char *s)
{
	size_t len = strlen(s) + 1;
	char *copy = go_pool__alloc(p, len);

	return copy ? memcpy(copy, s, len) : "";
}

void go_pool__free(struct go_pool *p)
{
	while (p->blocks) {
		struct go_pool_block *next = p->blocks->next;

		free(p->blocks);
		p->blocks = next;
	}
	p->bytes = 0;
}

static size_t place(const struct go_table *t, uint64_t key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (t->slots - 1);

	while (t->keys[i] && t->keys[i] != key)
		i = (i + 1) & (t->slots - 1);
	return i;
}

static bool grow(struct go_table *t, size_t size)
{
	struct go_table larger = {.slots = t->slots ? t->slots * 2 : 256, .count = t->count};

	larger.keys = calloc(larger.slots, sizeof(*larger.keys));
	larger.records = calloc(larger.slots, size);
	if (!larger.keys || !larger.records) {
		free(larger.keys);
		free(larger.records);
		return false;
	}
	for (size_t i = 0; i < t->slots; i++)
		if (t->keys[i]) {
			size_t to = place(&larger, t->keys[i]);

			larger.keys[to] = t->keys[i];
			memcpy(larger.records + to * size, t->records + i * size, size);
		}
	free(t->keys);
	free(t->records);
	*t = larger;
	return true;
}

void *go_table__get(struct go_table *t, size_t size, uint64_t key, bool *ret_made)
{
	size_t i;

	key = key ? key : UINT64_MAX; /* 0 marks a free slot */
	if (t->count * 4 >= t->slots * 3 && !grow(t, size))
		return NULL;
	i = place(t, key);
	*ret_made = !t->keys[i];
	t->count += *ret_made;
	t->keys[i] = key;
	return t->records + i * size;
}

void *go_table__find(const struct go_table *t, size_t size, uint64_t key)
{
	size_t i;

	if (!t->slots)
		return NULL;
	key = key ? key : UINT64_MAX;
	i = place(t, key);
	return t->keys[i] ? t->records + i * size : NULL;
}

void go_table__free(struct go_table *t)
{
	free(t->keys);
	free(t->records);
	memset(t, 0, sizeof(*t));
}
