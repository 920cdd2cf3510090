// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwind/taking.h"

#include <stdlib.h>
#include <string.h>

#include "unwind/row.h"
#include "unwind/x86/effects.h"
#include "unwind/x86/registers.h"
#include "unwind/x86/state.h"
#include "util/heap.h"

#define NO_PLACE   SIZE_MAX
#define MOST_STEPS 8192
#define MOST_PATHS 128
#define MOST_READS 256

/* What the last comparison says; of a call's result, which is 0 as the call has succeeded. */
struct compared {
	bool known, zero, negative;
};

struct path {
	size_t at;
	enum taking now;
	struct x86_state state;
	struct compared compared;
};

struct walk {
	const struct taking_code *c;
	struct x86_state frame;
	size_t place; /* NO_PLACE: none */
	bool after;   /* a path ends where it gives the semaphore back */
	struct path paths[MOST_PATHS];
	size_t path_count;
	uint8_t *seen; /* by byte: set of what the paths that have passed here had done */
	size_t steps, reads;
	unsigned found; /* set of what was done: on the way to the place, or else to the end */
	bool touched, gave, again, lost;
};

#define HAVE(what) (1u << (what))

static bool read_target(void *arg, uint64_t address, void *buf, size_t size)
{
	struct walk *w = arg;

	return w->reads++ < MOST_READS && w->c->read && w->c->read(w->c->arg, address, buf, size);
}

/* The registers that calls preserve have the frame's values also before and after: compilers keep one thing
 * in one of them, and a value that is not the semaphore's address says nothing. */
static void pin(const struct walk *w, struct x86_state *s)
{
	for (unsigned i = 0; i < X86_GPRS; i++)
		if (w->frame.known & X86_REG(i))
			s->regs[i] = w->frame.regs[i];
	s->known |= w->frame.known;
}

static void returns_zero(struct path *p)
{
	p->state.regs[X86_RAX] = 0;
	p->state.known |= X86_REG(X86_RAX);
}

static void begin(struct walk *w, size_t at, enum taking now, bool zero)
{
	struct path *p = &w->paths[w->path_count++];

	*p = (struct path){.at = at, .now = now};
	pin(w, &p->state);
	if (!at && w->c->argument_known) {
		p->state.regs[X86_RDI] = w->c->argument;
		p->state.known |= X86_REG(X86_RDI);
	}
	if (zero)
		returns_zero(p);
}

static void branch(struct walk *w, const struct path *from, size_t at)
{
	if (at >= w->c->size || w->seen[at] & HAVE(from->now))
		return;
	if (w->path_count == MOST_PATHS) {
		w->lost = true;
		return;
	}
	w->paths[w->path_count] = *from;
	w->paths[w->path_count++].at = at;
}

/* ---- the result of a call that takes the semaphore -------------------------------- */

static void note_compared(struct path *p, const struct x86_insn *i)
{
	int64_t with;
	uint64_t value;
	bool moves = !i->map && !i->vector &&
		     ((i->opcode >= 0x88 && i->opcode <= 0x8d) || (i->opcode & 0xf0) == 0xb0);

	if (moves)
		return;
	p->compared.known = false;
	if (i->map || i->vector || !x86_known(&p->state, X86_RAX, &value))
		return;
	if (i->opcode == 0x85 && i->mod == 3 && i->reg == X86_RAX && i->rm == X86_RAX)
		with = 0;
	else if (i->opcode == 0x3d || ((i->opcode == 0x83 || i->opcode == 0x81) && i->mod == 3 &&
				       i->rm == X86_RAX && (i->reg & 7) == 7))
		with = (int32_t)i->immediate;
	else
		return;
	p->compared = (struct compared){true, (int32_t)value == with, (int32_t)value < with};
}

/* Whether a branch is taken, as far as it is known. */
static bool branch_known(const struct path *p, const struct x86_insn *i, bool *ret_taken)
{
	static const uint8_t ZERO = 4, SIGN = 8, LESS = 12, NOT_ABOVE = 14;
	const uint8_t condition = i->opcode & 0xe;
	bool is;

	if (!p->compared.known)
		return false;
	if (condition == ZERO)
		is = p->compared.zero;
	else if (condition == SIGN || condition == LESS)
		is = p->compared.negative;
	else if (condition == NOT_ABOVE)
		is = p->compared.negative || p->compared.zero;
	else
		return false;
	*ret_taken = is != (i->opcode & 1);
	return true;
}

/* ---- calls ------------------------------------------------------------------------ */

/* False: the path ends here. */
static bool call(struct walk *w, struct path *p, const struct x86_insn *i, uint64_t next)
{
	bool ends = false, zero = false;
	struct taking_call to = {.target = x86_target(&p->state, i, next, read_target, w),
				 .ret_ends = &ends,
				 .ret_zero = &zero};
	enum taking does;

	to.argument_known = x86_known(&p->state, X86_RDI, &to.argument);
	does = to.target ? w->c->call(w->c->arg, &to) : TAKING_NOTHING;
	x86_forget_call(&p->state);
	p->compared.known = false;
	if (ends)
		return false;
	w->touched = w->touched || does != TAKING_NOTHING;
	w->lost = w->lost || does == TAKING_UNKNOWN;
	w->again = w->again || (does == TAKING_HELD && p->now == TAKING_HELD);
	if (zero)
		returns_zero(p);
	w->gave = w->gave || does == TAKING_GIVEN;
	if (does != TAKING_NOTHING)
		p->now = does;
	return does != TAKING_UNKNOWN && !(w->after && (does == TAKING_GIVEN || w->again));
}

static bool calls(const struct x86_insn *i, enum x86_flow flow)
{
	return flow == X86_CALL || (!i->map && !i->vector && i->opcode == 0xff && (i->reg & 7) == 2);
}

/* ---- paths ------------------------------------------------------------------------ */

static void leave(struct walk *w, const struct path *p)
{
	if (w->place == NO_PLACE)
		w->found |= HAVE(p->now);
}

/* Behind an instruction that is not the end of the path. False: the path ends. */
static bool go_on(struct walk *w, struct path *p, const struct x86_insn *i, enum x86_flow flow)
{
	const uint64_t next = w->c->address + p->at + i->length, to = next + (uint64_t)i->immediate;
	bool taken;

	if (calls(i, flow)) {
		if (!call(w, p, i, next))
			return false;
	} else if (flow == X86_ANYWHERE || (flow == X86_JUMP && to - w->c->address >= w->c->size)) {
		/* A jump out of the function is a call that does not come back to it; a table is not read. */
		if (flow == X86_ANYWHERE && !x86_target(&p->state, i, next, read_target, w))
			w->lost = true;
		else if (call(w, p, i, next))
			leave(w, p);
		return false;
	} else if (flow == X86_JUMP) {
		p->at = (size_t)(to - w->c->address);
		return true;
	} else if (flow == X86_BRANCH) {
		bool known = branch_known(p, i, &taken);

		if (!known || taken)
			branch(w, p, (size_t)(to - w->c->address));
		if (known && taken)
			return false;
	} else {
		note_compared(p, i);
		x86_execute(&p->state, i, next, read_target, w);
	}
	pin(w, &p->state);
	p->at += i->length;
	return true;
}

static void follow(struct walk *w, struct path p)
{
	const struct taking_code *c = w->c;
	bool first = true;

	while (p.at < c->size && !(w->seen[p.at] & HAVE(p.now))) {
		struct x86_insn i;
		enum x86_flow flow;

		if (p.at == w->place && !first)
			w->found |= HAVE(p.now);
		first = false;
		if (w->steps++ > MOST_STEPS || !x86_decode(c->bytes + p.at, c->size - p.at, &i)) {
			w->lost = true;
			return;
		}
		w->seen[p.at] |= HAVE(p.now);
		flow = x86_flow(&i);
		if (flow == X86_NOWHERE) {
			if (i.opcode != 0x0b && i.opcode != 0xcc && i.opcode != 0xf4)
				leave(w, &p);
			return;
		}
		if (!go_on(w, &p, &i, flow))
			return;
	}
	w->lost = w->lost || p.at >= c->size;
}

static void run(struct walk *w, const struct taking_code *c, size_t from, size_t place, enum taking now,
		bool zero)
{
	w->c = c;
	w->frame = x86_of_frame(c->regs, c->known, false);
	w->place = place;
	w->after = now == TAKING_HELD;
	if (from >= c->size) {
		w->lost = true;
		return;
	}
	w->seen = HEAP_NEW(uint8_t, c->size);
	begin(w, from, now, zero);
	while (w->path_count && !w->lost && !(w->after && w->again))
		follow(w, w->paths[--w->path_count]);
	free(w->seen);
}

static enum taking only(unsigned found)
{
	for (enum taking t = TAKING_NOTHING; t < TAKING_UNKNOWN; t++)
		if (found == HAVE(t))
			return t;
	return TAKING_UNKNOWN;
}

enum taking taking__until(const struct taking_code *c, size_t place)
{
	struct walk *w = HEAP_NEW(struct walk, 1);
	enum taking found;

	run(w, c, 0, place, TAKING_NOTHING, false);
	found = w->lost ? TAKING_UNKNOWN : only(w->found);
	free(w);
	return found;
}

enum taking taking__through(const struct taking_code *c)
{
	struct walk *w = HEAP_NEW(struct walk, 1);
	enum taking found = TAKING_NOTHING;

	run(w, c, 0, NO_PLACE, TAKING_NOTHING, false);
	if (w->touched)
		found = w->lost ? TAKING_UNKNOWN : only(w->found);
	free(w);
	return found;
}

enum taking taking__after(const struct taking_code *c, size_t place, bool zero)
{
	struct walk *w = HEAP_NEW(struct walk, 1);
	enum taking found = TAKING_UNKNOWN;

	run(w, c, place, NO_PLACE, TAKING_HELD, zero);
	if (w->again)
		found = TAKING_AGAIN;
	else if (!w->lost && w->gave && !w->found)
		found = TAKING_GIVEN;
	else if (!w->lost && !w->gave && w->found)
		found = TAKING_HELD;
	free(w);
	return found;
}
