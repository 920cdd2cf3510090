/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/memory.h"

#include <stdlib.h>
#include <string.h>

#include "util/heap.h"
#include "util/u64_table.h"

#define BLOCK  4096u /* readable completely or not at all */
#define BLOCKS 16384u

bool go_memory__read(const struct go_memory *m, uint64_t address, void *buf, size_t len)
{
	return m->read(m->arg, address, buf, len) == (ssize_t)len;
}

bool go_memory__u64(const struct go_memory *m, uint64_t address, uint64_t *ret)
{
	return go_memory__read(m, address, ret, sizeof(*ret));
}

struct block {
	size_t end; /* what of it could be read */
	uint8_t bytes[BLOCK];
};

struct go_cache {
	const struct go_memory *memory;
	struct u64_table blocks; /* of struct block *, by address */
};

struct go_cache *go_cache__new(const struct go_memory *memory)
{
	struct go_cache *c = HEAP_NEW(struct go_cache, 1);

	c->memory = memory;
	return c;
}

static void drop_all(struct go_cache *c)
{
	struct block **b = NULL;

	while ((b = u64_table__next(&c->blocks, sizeof(*b), b)))
		free(*b);
	u64_table__free(&c->blocks);
}

void go_cache__free(struct go_cache *c)
{
	if (c)
		drop_all(c);
	free(c);
}

static struct block *fill(struct go_cache *c, uint64_t base)
{
	struct block *b = heap__alloc(sizeof(*b));
	ssize_t got = c->memory->read(c->memory->arg, base, b->bytes, BLOCK);

	if (got <= 0) {
		free(b);
		return NULL;
	}
	b->end = (size_t)got;
	return b;
}

/* NULL if it is not readable: that is asked again. */
static struct block *block_at(struct go_cache *c, uint64_t base)
{
	struct block **held = u64_table__find(&c->blocks, sizeof(*held), base), *b;
	bool made;

	if (held)
		return *held;
	b = fill(c, base);
	if (!b)
		return NULL;
	if (c->blocks.count == BLOCKS)
		drop_all(c);
	held = u64_table__get(&c->blocks, sizeof(*held), base, &made);
	*held = b;
	return b;
}

size_t go_cache__bytes(struct go_cache *c, uint64_t address, const uint8_t **ret)
{
	uint64_t base = address & ~(uint64_t)(BLOCK - 1);
	size_t in = (size_t)(address - base);
	const struct block *b = block_at(c, base);

	if (!b)
		return 0;
	if (in >= b->end)
		return 0;
	*ret = b->bytes + in;
	return b->end - in;
}

bool go_cache__read(struct go_cache *c, uint64_t address, void *buf, size_t len)
{
	uint8_t *out = buf;

	while (len) {
		const uint8_t *bytes;
		size_t have = go_cache__bytes(c, address, &bytes);

		if (!have)
			return false;
		if (have > len)
			have = len;
		memcpy(out, bytes, have);
		out += have;
		address += have;
		len -= have;
	}
	return true;
}

bool go_cache__string(struct go_cache *c, uint64_t address, char *buf, size_t size)
{
	size_t done = 0;

	while (done + 1 < size) {
		const uint8_t *bytes, *end;
		size_t have = go_cache__bytes(c, address + done, &bytes);

		if (!have)
			return false;
		if (have > size - 1 - done)
			have = size - 1 - done;
		end = memchr(bytes, 0, have);
		if (end)
			have = (size_t)(end - bytes);
		memcpy(buf + done, bytes, have);
		done += have;
		if (end)
			break;
	}
	buf[done] = '\0';
	return true;
}
