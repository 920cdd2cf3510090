// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/waiters/taking_code.h"

#include <stdlib.h>
#include <string.h>

#include "util/heap.h"
#include "util/text.h"
#include "waits/lock_names.h"

#define CODE_BYTES 16384 /* of a function */
#define DEPTH      2     /* of functions that the function calls */

struct reading {
	struct holding_codes *codes;
	struct target *target;
	uint64_t semaphore;
	int depth;
};

bool taking_code__of_c_library(struct target *t, uint64_t pc)
{
	const struct mapping *m = mappings__find(target__mappings(t), pc);
	const char *file = m ? path_basename(m->path) : "";

	return starts_with(file, "libc.so") || starts_with(file, "libc-") ||
	       starts_with(file, "libpthread") || starts_with(file, "ld-musl") ||
	       starts_with(file, "ld-linux");
}

static bool read_target(void *arg, uint64_t address, void *buf, size_t size)
{
	const struct reading *r = arg;

	return holding_codes__read(r->codes, r->target, address, buf, size) == size;
}

static enum taking call_of(void *arg, const struct taking_call *call);

/* Reads the function that begins there. False: it cannot be read, or the bound on functions is reached. */
static bool read_function(struct reading *r, uint64_t start, struct taking_code *ret)
{
	const struct mapping *m = mappings__find(target__mappings(r->target), start);
	uint8_t *bytes;

	if (!m || !m->executable || !r->codes->scans_left)
		return false;
	r->codes->scans_left--;
	ret->size = m->end - start < CODE_BYTES ? m->end - start : CODE_BYTES;
	bytes = heap__alloc(ret->size);
	ret->size = holding_codes__read(r->codes, r->target, start, bytes, ret->size);
	ret->bytes = bytes;
	ret->address = start;
	ret->read = read_target;
	ret->call = call_of;
	ret->arg = r;
	return true;
}

/* A function of the program itself that only takes or gives back a semaphore for its callers. */
static enum taking of_function(struct reading *r, const struct taking_call *call)
{
	struct taking_code code = {.argument = call->argument, .argument_known = call->argument_known};
	uint64_t key = (call->target ^ r->semaphore * 0x9e3779b97f4a7c15) +
		       (call->argument_known ? call->argument * 0x100000001b3 : 0);
	enum taking does = TAKING_NOTHING;
	bool made;
	uint8_t *known = u64_table__get(&r->codes->takes, 1, key, &made);

	if (!made)
		return (enum taking) * known;
	if (read_function(r, call->target, &code)) {
		r->depth++;
		does = taking__through(&code);
		r->depth--;
		free((void *)code.bytes);
	}
	known = u64_table__get(&r->codes->takes, 1, key, &made);
	*known = (uint8_t)does;
	return does;
}

static bool begins_with_any(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (starts_with(name, list[i]))
			return true;
	return false;
}

static enum taking call_of(void *arg, const struct taking_call *call)
{
	static const char *const TAKE[] = {"sem_wait", "sem_timedwait", "sem_clockwait", "sem_trywait"};
	struct reading *r = arg;
	const char *name;
	bool takes, gives;
	struct frame f;

	symbolizer__code(r->target->symbolizer, call->target, false, &f);
	name = f.function ? f.function + strspn(f.function, "_") : "";
	if (starts_with(name, "new_sem_"))
		name += 4;
	takes = begins_with_any(name, TAKE, sizeof(TAKE) / sizeof(TAKE[0]));
	gives = starts_with(name, "sem_post");
	if (takes || gives) {
		*call->ret_zero = takes;
		if (!call->argument_known)
			return TAKING_UNKNOWN;
		if (call->argument != r->semaphore)
			return TAKING_NOTHING;
		return takes ? TAKING_HELD : TAKING_GIVEN;
	}
	if (strstr(name, ".cold") || (*name && lock_names__call(f.function) == HOLDING_CALL_ENDS)) {
		*call->ret_ends = true;
		return TAKING_NOTHING;
	}
	if (r->depth >= DEPTH || f.offset || strstr(name, "@plt") ||
	    taking_code__of_c_library(r->target, call->target))
		return TAKING_NOTHING;
	return of_function(r, call);
}

/* NULL: the function's first instruction is not known. *ret_place: where the frame is in it. */
static bool code_of(struct reading *r, const struct frame_state *f, struct taking_code *ret,
		    size_t *ret_place)
{
	uint64_t pc = f->regs[TS_REG_PC];
	struct frame name;

	symbolizer__code(r->target->symbolizer, pc, !f->exact, &name);
	if (!name.function || name.offset >= CODE_BYTES || name.offset > pc)
		return false;
	*ret = (struct taking_code){.regs = f->regs, .known = f->known};
	*ret_place = name.offset;
	return read_function(r, pc - name.offset, ret);
}

enum taking taking_code__until(struct holding_codes *c, struct target *t, const struct frame_state *f,
			       uint64_t semaphore)
{
	struct reading r = {.codes = c, .target = t, .semaphore = semaphore};
	enum taking found = TAKING_UNKNOWN;
	struct taking_code code;
	size_t place;

	if (!code_of(&r, f, &code, &place))
		return TAKING_UNKNOWN;
	found = taking__until(&code, place);
	free((void *)code.bytes);
	return found;
}

enum taking taking_code__after(struct holding_codes *c, struct target *t, const struct frame_state *f,
			       uint64_t semaphore, bool zero)
{
	struct reading r = {.codes = c, .target = t, .semaphore = semaphore};
	enum taking found = TAKING_UNKNOWN;
	struct taking_code code;
	size_t place;

	if (!code_of(&r, f, &code, &place))
		return TAKING_UNKNOWN;
	found = taking__after(&code, place, zero);
	free((void *)code.bytes);
	return found;
}
