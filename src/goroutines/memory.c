/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "goroutines/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK  16384u
#define SLOTS  8192u /* of the hash table: half of them in use at most */
#define BLOCKS (SLOTS / 2)

bool go_memory__read(const struct go_memory *m, uint64_t address, void *buf, size_t len)
{
	return m->read(m->arg, address, buf, len) == (ssize_t)len;
}

bool go_memory__u64(const struct go_memory *m, uint64_t address, uint64_t *ret)
{
	return go_memory__read(m, address, ret, sizeof(*ret));
}

struct block {
	uint64_t address;
	size_t first, end; /* what of it could be read */
	uint8_t bytes[BLOCK];
};

struct go_cache {
	const struct go_memory *memory;
	size_t count;
	struct block *slots[SLOTS];
};

int go_cache__new(const struct go_memory *memory, struct go_cache **ret)
{
	struct go_cache *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->memory = memory;
	*ret = c;
	return 0;
}

static void drop_all(struct go_cache *c)
{
	for (size_t i = 0; i < SLOTS; i++) {
		free(c->slots[i]);
		c->slots[i] = NULL;
	}
	c->count = 0;
}

void go_cache__free(struct go_cache *c)
{
	if (c)
		drop_all(c);
	free(c);
}

static struct block **slot(struct go_cache *c, uint64_t address)
{
	size_t i = (size_t)((address / BLOCK) * 0x9e3779b97f4a7c15u >> 40) % SLOTS;

	while (c->slots[i] && c->slots[i]->address != address)
		i = (i + 1) % SLOTS;
	return &c->slots[i];
}

/* A block may begin before the first readable page: then what follows address is kept. */
static struct block *fill(struct go_cache *c, uint64_t base, uint64_t address)
{
	struct block *b = malloc(sizeof(*b));
	ssize_t got;

	if (!b)
		return NULL;
	b->address = base;
	b->first = 0;
	got = c->memory->read(c->memory->arg, base, b->bytes, BLOCK);
	if (got <= (ssize_t)(address - base)) {
		b->first = (size_t)(address - base) & ~(size_t)4095;
		got = c->memory->read(c->memory->arg, base + b->first, b->bytes + b->first, BLOCK - b->first);
		got += got > 0 ? (ssize_t)b->first : 0;
	}
	if (got <= (ssize_t)(address - base)) {
		free(b);
		return NULL;
	}
	b->end = (size_t)got;
	return b;
}

size_t go_cache__bytes(struct go_cache *c, uint64_t address, const uint8_t **ret)
{
	uint64_t base = address & ~(uint64_t)(BLOCK - 1);
	struct block **at = slot(c, base), *b = *at;
	size_t in = (size_t)(address - base);

	if (b && (in < b->first || in >= b->end)) {
		/* Another part of a block with a hole. */
		struct block *other = fill(c, base, address);

		if (!other)
			return 0;
		free(b);
		*at = b = other;
	}
	if (!b) {
		b = fill(c, base, address);
		if (!b)
			return 0;
		if (c->count == BLOCKS) {
			drop_all(c);
			at = slot(c, base);
		}
		*at = b;
		c->count++;
	}
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
