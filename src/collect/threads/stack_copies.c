// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks of many threads in few readings. */
#include <stdlib.h>

#include "collect/threads/threads.h"
#include "util/heap.h"

#define PAGE 4096u

static bool wants_copy(const struct pass_thread *p)
{
	return !p->ustack && (p->t.flags & TS_THREAD_REGS) && thread__off_cpu(&p->t);
}

/* Up to the end of the page, then the rest: many stacks end within their first page. */
static void add_pieces(struct memory_piece *to, const struct pass_thread *p, uint8_t *copy)
{
	uint64_t sp = p->t.regs.r[TS_REG_SP];
	size_t first = PAGE - (size_t)(sp & (PAGE - 1));

	if (first > TS_USTACK_BYTES)
		first = TS_USTACK_BYTES;
	to[0] = (struct memory_piece){.address = sp, .buf = copy, .len = first};
	to[1] = (struct memory_piece){
		.address = sp + first, .buf = copy + first, .len = TS_USTACK_BYTES - first};
}

static uint32_t bytes_of(const struct memory_piece *of)
{
	size_t bytes = of[0].got > 0 ? (size_t)of[0].got : 0;

	if (bytes == of[0].len && of[1].got > 0)
		bytes += (size_t)of[1].got;
	return (uint32_t)bytes;
}

void pass__copy_stacks(struct pass *p, const struct target *t, size_t first, size_t count, const bool *chosen)
{
	struct memory_piece *list = HEAP_NEW(struct memory_piece, 2 * count + 1);
	struct pass_thread **of = HEAP_NEW(struct pass_thread *, count + 1);
	uint8_t *copies;
	size_t n = 0;

	for (size_t i = first; i < first + count; i++)
		if ((!chosen || chosen[i]) && wants_copy(&p->threads[i]))
			of[n++] = &p->threads[i];
	copies = arena__room(&p->arena, n * TS_USTACK_BYTES);
	for (size_t i = 0; i < n; i++) {
		of[i]->ustack = copies + i * TS_USTACK_BYTES;
		add_pieces(&list[2 * i], of[i], copies + i * TS_USTACK_BYTES);
	}
	process__read_many(t->process, list, 2 * n);
	for (size_t i = 0; i < n; i++)
		of[i]->ustack_bytes = bytes_of(&list[2 * i]);
	free(of);
	free(list);
}
