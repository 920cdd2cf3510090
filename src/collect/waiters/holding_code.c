// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/waiters/holding_code.h"

#include <stdlib.h>
#include <string.h>

#include "util/heap.h"
#include "waits/futex_wait.h"
#include "waits/lock_names.h"

#define CODE_BYTES   16384 /* of a function */
#define BYTES_BEFORE 2048  /* where nothing says where it begins */

static bool read_target(void *arg, uint64_t address, void *buf, size_t size)
{
	const struct target *t = arg;

	return process__read(t->process, address, buf, size) == (ssize_t)size;
}

static enum holding_call call_of(void *arg, uint64_t address)
{
	struct target *t = arg;
	struct frame f;

	symbolizer__code(t->symbolizer, address, false, &f);
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

static enum holding scan(struct holding_codes *c, struct target *t, const struct frame_state *f,
			 uint64_t lock, bool once)
{
	uint64_t pc = f->regs[TS_REG_PC], start;
	const struct mapping *m = mappings__find(target__mappings(t), pc);
	struct holding_code code = {.regs = f->regs,
				    .known = f->known,
				    .exact = f->exact,
				    .lock = lock,
				    .any_store = once,
				    .read = read_target,
				    .call = call_of,
				    .arg = t};
	enum holding found = HOLDING_UNKNOWN;
	uint8_t *bytes;
	ssize_t n;

	if (!m || !m->executable || !c->scans_left)
		return HOLDING_UNKNOWN;
	c->scans_left--;
	start = start_of(t, m, pc, !f->exact);
	code.size = m->end - start < CODE_BYTES ? m->end - start : CODE_BYTES;
	bytes = heap__alloc(code.size);
	n = process__read(t->process, start, bytes, code.size);
	if (n > 0 && pc - start < (uint64_t)n) {
		code.bytes = bytes;
		code.size = (size_t)n;
		code.address = start;
		code.at = pc - start;
		found = holding__next(&code);
	}
	free(bytes);
	return found;
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
}
