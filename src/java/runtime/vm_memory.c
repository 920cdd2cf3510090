// SPDX-License-Identifier: GPL-2.0-or-later
#include "java/runtime/vm_memory.h"

#include <stdlib.h>
#include <string.h>

#include "util/clock.h"
#include "util/heap.h"

#define BLOCK 2048u
#define SLOTS 1024u /* a power of two: 2 MiB */

#define READING_NS      2000000000ull
#define LOOKS_PER_CLOCK 4096u /* between two looks at the clock */

struct vm_cache {
	struct slot {
		uint64_t base; /* 0: empty */
		size_t end;    /* what of it could be read */
		uint8_t bytes[BLOCK];
	} slots[SLOTS];
};

void vm_memory__start(struct vm_memory *m, uint64_t blocks_max)
{
	if (!m->cache)
		m->cache = HEAP_NEW(struct vm_cache, 1);
	for (size_t i = 0; i < SLOTS; i++)
		m->cache->slots[i].base = 0;
	m->blocks_left = blocks_max;
	m->looks = 0;
	m->until_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) + READING_NS;
}

static bool in_time(struct vm_memory *m)
{
	if (++m->looks % LOOKS_PER_CLOCK == 0 && clock_ns(CLOCK_THREAD_CPUTIME_ID) >= m->until_ns)
		m->until_ns = 0;
	return m->until_ns;
}

void vm_memory__free(struct vm_memory *m)
{
	free(m->cache);
	m->cache = NULL;
}

static void use_copy(const struct vm_copy *c, struct slot *s)
{
	uint64_t from = c->start > s->base ? c->start : s->base;
	uint64_t to = c->start + c->len < s->base + BLOCK ? c->start + c->len : s->base + BLOCK;

	if (!c->len || from >= to)
		return;
	memcpy(s->bytes + (from - s->base), c->bytes + (from - c->start), to - from);
	/* What is before it may not be readable any more. */
	if (to - s->base > s->end && from - s->base <= s->end)
		s->end = to - s->base;
}

/* NULL: nothing of it is readable. */
static const struct slot *block_at(struct vm_memory *m, uint64_t base)
{
	struct slot *s = &m->cache->slots[(base / BLOCK ^ base / BLOCK / SLOTS) & (SLOTS - 1)];
	ssize_t got;

	if (!base || !in_time(m))
		return NULL;
	if (s->base == base)
		return s;
	if (!m->blocks_left)
		return NULL;
	m->blocks_left--;
	s->base = 0;
	got = m->read(m->arg, base, s->bytes, BLOCK);
	s->base = base;
	s->end = got > 0 ? (size_t)got : 0;
	use_copy(&m->copy, s);
	if (!s->end)
		s->base = 0;
	return s->base ? s : NULL;
}

bool vm_memory__read(struct vm_memory *m, uint64_t address, void *buf, size_t len)
{
	uint8_t *out = buf;

	if (address + len < address)
		return false;
	while (len) {
		uint64_t base = address & ~(uint64_t)(BLOCK - 1);
		size_t in = (size_t)(address - base), have;
		const struct slot *s = block_at(m, base);

		if (!s || in >= s->end)
			return false;
		have = s->end - in < len ? s->end - in : len;
		memcpy(out, s->bytes + in, have);
		out += have;
		address += have;
		len -= have;
	}
	return true;
}

bool vm_memory__number(struct vm_memory *m, uint64_t address, size_t len, uint64_t *ret)
{
	uint8_t raw[8];
	uint64_t value = 0;

	if (len > sizeof(raw) || !vm_memory__read(m, address, raw, len))
		return false;
	for (size_t i = len; i-- > 0;)
		value = value << 8 | raw[i];
	*ret = value;
	return true;
}

bool vm_memory__pointer(struct vm_memory *m, uint64_t address, uint64_t *ret)
{
	return vm_memory__number(m, address, 8, ret);
}

bool vm_memory__int(struct vm_memory *m, uint64_t address, int32_t *ret)
{
	uint64_t value;

	if (!vm_memory__number(m, address, 4, &value))
		return false;
	*ret = (int32_t)(uint32_t)value;
	return true;
}

bool vm_memory__string(struct vm_memory *m, uint64_t address, char *buf, size_t size)
{
	size_t used = 0;

	while (used < size) {
		uint64_t base = (address + used) & ~(uint64_t)(BLOCK - 1);
		const struct slot *s = block_at(m, base);
		size_t in = (size_t)(address + used - base);

		if (!s || in >= s->end)
			return false;
		for (; in < s->end && used < size; in++, used++) {
			buf[used] = (char)s->bytes[in];
			if (!buf[used])
				return true;
		}
	}
	return false;
}
