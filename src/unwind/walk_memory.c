/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "unwind/walk_memory.h"

/* A hostile stack can jump around; a normal one needs a few pages. */
#define READS_MAX 2048

void walk_memory__start(struct walk_memory *w, const struct stack_memory *given)
{
	w->given = given;
	w->next = w->reads = 0;
	for (size_t i = 0; i < WALK_PAGES; i++)
		w->page[i] = 1;
}

/* The index of the cached page; reads it if necessary. */
static int page_of(struct walk_memory *w, uint64_t address)
{
	uint64_t page = address & ~(uint64_t)(WALK_PAGE - 1);
	unsigned int i;
	ssize_t got;

	for (i = 0; i < WALK_PAGES; i++)
		if (w->page[i] == page)
			return (int)i;
	if (w->reads++ >= READS_MAX)
		return -1;
	i = w->next;
	w->next = (w->next + 1) % WALK_PAGES;
	got = process__read(w->given->beyond, page, w->data[i], WALK_PAGE);
	w->page[i] = page;
	w->bytes[i] = got > 0 ? (uint32_t)got : 0;
	return (int)i;
}

static bool read_beyond(struct walk_memory *w, uint64_t address, uint8_t *buf, size_t size)
{
	while (size) {
		size_t at = (size_t)(address & (WALK_PAGE - 1)), n = WALK_PAGE - at;
		int i = page_of(w, address);

		if (n > size)
			n = size;
		if (i < 0 || at + n > w->bytes[i])
			return false;
		memcpy(buf, w->data[i] + at, n);
		address += n;
		buf += n;
		size -= n;
	}
	return true;
}

bool walk_memory__read(struct walk_memory *w, uint64_t address, void *buf, size_t size)
{
	const struct stack_memory *g = w->given;

	if (address + size < address)
		return false;
	if (g->bytes && address >= g->start && g->len >= size && address - g->start <= g->len - size) {
		memcpy(buf, g->bytes + (address - g->start), size);
		return true;
	}
	return g->beyond && read_beyond(w, address, buf, size);
}
