// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "util/heap.h"

#define BLOCK_BYTES (64 * 1024)
/* A huge page: blocks double up to this size, which costs one page fault instead of 512. Larger ones are
 * several. */
#define HUGE_BYTES (2 * 1024 * 1024)

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(16) char bytes[];
};

static struct arena_block *new_block(const struct arena_block *last, size_t size)
{
	size_t bytes = last ? 2 * (last->size + sizeof(*last)) : BLOCK_BYTES;
	struct arena_block *b;

	if (bytes > HUGE_BYTES)
		bytes = HUGE_BYTES;
	if (bytes < size + sizeof(*b))
		bytes = size + sizeof(*b);
	if (bytes >= HUGE_BYTES && bytes <= SIZE_MAX - HUGE_BYTES) {
		bytes = (bytes + HUGE_BYTES - 1) & ~(size_t)(HUGE_BYTES - 1);
		b = aligned_alloc(HUGE_BYTES, bytes);
		if (!b)
			heap__exhausted();
		madvise(b, bytes, MADV_HUGEPAGE);
	} else {
		b = heap__alloc(bytes);
	}
	b->used = 0;
	b->size = bytes - sizeof(*b);
	return b;
}

static void *take(struct arena *a, size_t size)
{
	struct arena_block *b = a->blocks;
	void *p;

	if (size > SIZE_MAX - sizeof(*b) - 32)
		heap__exhausted();
	size = (size + 15) & ~(size_t)15;
	if (!b || b->size - b->used < size) {
		b = new_block(b, size);
		b->next = a->blocks;
		a->blocks = b;
	}
	p = b->bytes + b->used;
	b->used += size;
	a->bytes += size;
	return p;
}

void *arena__alloc(struct arena *a, size_t size)
{
	return memset(take(a, size), 0, size);
}

void *arena__room(struct arena *a, size_t size)
{
	return take(a, size);
}

void *arena__copy(struct arena *a, const void *from, size_t size)
{
	void *copy = take(a, size);

	return size ? memcpy(copy, from, size) : copy; /* from may be NULL then */
}

void *arena__array(struct arena *a, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		heap__exhausted();
	return arena__alloc(a, count * size);
}

char *arena__string(struct arena *a, const char *s)
{
	return s ? arena__copy(a, s, strlen(s) + 1) : NULL;
}

char *arena__format(struct arena *a, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		return arena__string(a, "");
	text = arena__alloc(a, (size_t)len + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return text;
}

void arena__join(struct arena *a, struct arena *from)
{
	struct arena_block *last = from->blocks;

	if (!last)
		return;
	while (last->next)
		last = last->next;
	/* Behind the block in use, which has room. */
	if (a->blocks) {
		last->next = a->blocks->next;
		a->blocks->next = from->blocks;
	} else {
		a->blocks = from->blocks;
	}
	a->bytes += from->bytes;
	*from = (struct arena){0};
}

void arena__free(struct arena *a)
{
	struct arena_block *b, *next;

	for (b = a->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){0};
}

size_t arena__bytes(const struct arena *a)
{
	size_t bytes = 0;

	for (const struct arena_block *b = a->blocks; b; b = b->next)
		bytes += sizeof(*b) + b->size;
	return bytes;
}
