/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of one walk: the copied bytes, then the target's memory through a few cached pages. */
#ifndef TS_UNWIND_WALK_MEMORY_H
#define TS_UNWIND_WALK_MEMORY_H

#include "unwind/unwind.h"

#define WALK_PAGES 8
#define WALK_PAGE  4096u

struct walk_memory {
	const struct stack_memory *given;
	uint64_t page[WALK_PAGES]; /* address, or 1: none */
	uint32_t bytes[WALK_PAGES];
	unsigned int next, reads;
	uint8_t data[WALK_PAGES][WALK_PAGE];
};

void walk_memory__start(struct walk_memory *w, const struct stack_memory *given);
bool walk_memory__read(struct walk_memory *w, uint64_t address, void *buf, size_t size);

#endif
