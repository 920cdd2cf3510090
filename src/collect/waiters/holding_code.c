// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/waiters/holding_code.h"

#include <stdlib.h>
#include <string.h>

#include "util/heap.h"
#include "waits/futex_wait.h"
#include "waits/lock_names.h"

#define CODE_BYTES   16384 /* of a function */
#define PAGE         4096u
#define PAGES        64   /* kept */
#define BYTES_BEFORE 2048 /* where nothing says where it begins */

/*
 * One search reads the same few functions and guards for each lock and thread, and each reading of memory is
 * a request to another process: pages are kept. What a page says is some microseconds older then; a search
 * does not need more, as its threads must not have run.
 */
struct code_pages {
	struct code_page {
		const struct target *of; /* NULL: empty */
		uint64_t address;
		size_t bytes;
		uint8_t data[PAGE];
	} list[PAGES];
	size_t next;
};

static const struct code_page *page_of(struct holding_codes *c, const struct target *t, uint64_t address)
{
	struct code_page *page;
	ssize_t got;

	if (!c->pages)
		c->pages = HEAP_NEW(struct code_pages, 1);
	for (size_t i = 0; i < PAGES; i++)
		if (c->pages->list[i].of == t && c->pages->list[i].address == address)
			return &c->pages->list[i];
	page = &c->pages->list[c->pages->next++ % PAGES];
	got = process__read(t->process, address, page->data, PAGE);
	page->of = t;
	page->address = address;
	page->bytes = got > 0 ? (size_t)got : 0;
	return page;
}

size_t holding_codes__read(struct holding_codes *c, const struct target *t, uint64_t address, uint8_t *buf,
			   size_t size)
{
	size_t done = 0;

	while (done < size && address + done >= address) {
		size_t at = (size_t)((address + done) & (PAGE - 1)), n = PAGE - at;
		const struct code_page *page = page_of(c, t, address + done - at);

		if (n > size - done)
			n = size - done;
		if (at + n > page->bytes)
			n = at < page->bytes ? page->bytes - at : 0;
		memcpy(buf + done, page->data + at, n);
		done += n;
		if (at + n < PAGE)
			break;
	}
	return done;
}

struct reading {
	struct holding_codes *codes;
	struct target *target;
};

static bool read_target(void *arg, uint64_t address, void *buf, size_t size)
{
	const struct reading *r = arg;

	return holding_codes__read(r->codes, r->target, address, buf, size) == size;
}

static enum holding_call call_of(void *arg, uint64_t address)
{
	const struct reading *r = arg;
	struct frame f;

	symbolizer__code(r->target->symbolizer, address, false, &f);
	return f.function ? lock_names__call(f.function) : HOLDING_CALL_OTHER;
}

/* Where the function that covers the address begins, as far as it can be read at once. */
static uint64_t start_of(struct target *t, const struct mapping *m, uint64_t pc, bool is_return)
{
	struct frame f;
	uint64_t start;

	symbolizer__code(t->symbolizer, pc, is_return, &f);
	start = f.function ? pc - f.offset : pc - BYTES_BEFORE;
	if (start > pc || start < m->start || pc - start >= CODE_BYTES / 2)
		start = pc - m->start > BYTES_BEFORE ? pc - BYTES_BEFORE : m->start;
	return start;
}

/* The code of the frame's function, as far as it can be read; false: not at all. The caller frees its bytes.
 */
static bool read_code(const struct reading *r, const struct frame_state *f, struct holding_code *ret)
{
	uint64_t pc = f->regs[TS_REG_PC], start;
	const struct mapping *m = mappings__find(target__mappings(r->target), pc);
	uint8_t *bytes;
	size_t size;

	if (!m || !m->executable || !r->codes->scans_left)
		return false;
	r->codes->scans_left--;
	start = start_of(r->target, m, pc, !f->exact);
	size = m->end - start < CODE_BYTES ? m->end - start : CODE_BYTES;
	bytes = heap__alloc(size);
	size = holding_codes__read(r->codes, r->target, start, bytes, size);
	if (pc - start >= size) {
		free(bytes);
		return false;
	}
	*ret = (struct holding_code){.bytes = bytes,
				     .size = size,
				     .address = start,
				     .at = pc - start,
				     .regs = f->regs,
				     .known = f->known,
				     .exact = f->exact,
				     .read = read_target,
				     .call = call_of,
				     .arg = (void *)r};
	return true;
}

static enum holding scan(struct holding_codes *c, struct target *t, const struct frame_state *f,
			 uint64_t lock, bool once)
{
	const struct reading reading = {c, t};
	struct holding_code code;
	enum holding found;

	if (!read_code(&reading, f, &code))
		return HOLDING_UNKNOWN;
	code.lock = lock;
	code.any_store = once;
	found = holding__next(&code);
	free((void *)code.bytes);
	return found;
}

uint64_t holding_codes__spins_for(struct holding_codes *c, struct target *t, const struct frame_state *f)
{
	const struct reading reading = {c, t};
	struct holding_code code;
	uint64_t word;

	if (!read_code(&reading, f, &code))
		return 0;
	word = holding__spins_for(&code);
	free((void *)code.bytes);
	return word;
}

bool holding_codes__unlocks(struct holding_codes *c, struct target *t, uint64_t after)
{
	struct frame_state f = {.known = 0};
	uint8_t *known;
	bool made, unlocks;

	known = u64_table__get(&c->unlocks, 1, after, &made);
	if (!made)
		return *known;
	f.regs[TS_REG_PC] = after;
	unlocks = scan(c, t, &f, 0, false) == HOLDING_UNLOCKS;
	*known = unlocks;
	return unlocks;
}

enum holding holding_codes__next(struct holding_codes *c, struct target *t, const struct frame_state *f,
				 uint64_t lock, bool once)
{
	return scan(c, t, f, lock, once);
}

bool holding_codes__is_lock(struct target *t, uint64_t after)
{
	struct frame f;

	symbolizer__code(t->symbolizer, after, true, &f);
	return f.function && futex_wait__is_lock(f.function);
}

void holding_codes__free(struct holding_codes *c)
{
	u64_table__free(&c->unlocks);
	u64_table__free(&c->takes);
	free(c->pages);
	c->pages = NULL;
}
