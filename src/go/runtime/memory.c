/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK  4096u  /* no part of it is readable without the rest */
#define SLOTS  32768u /* of the hash table: half of them in use at most */
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
	size_t end; /* what of it could be read */
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

static struct block *fill(struct go_cache *c, uint64_t base)
{
	struct block *b = malloc(sizeof(*b));
	ssize_t got = b ? c->memory->read(c->memory->arg, base, b->bytes, BLOCK) : -1;

	if (got <= 0) {
		free(b);
		return NULL;
	}
	b->address = base;
	b->end = (size_t)got;
	return b;
}

size_t go_cache__bytes(struct go_cache *c, uint64_t address, const uint8_t **ret)
{
	uint64_t base = address & ~(uint64_t)(BLOCK - 1);
	struct block **at = slot(c, base), *b = *at;
	size_t in = (size_t)(address - base);

	if (!b) {
		b = fill(c, base);
		if (!b)
			return 0;
		if (c->count == BLOCKS) {
			drop_all(c);
			at = slot(c, base);
		}
		*at = b;
		c->count++;
	}
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
