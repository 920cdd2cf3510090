// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Locks of Rust and of programs' own are taken and given back by atomic instructions in the function itself,
 * those of C and C++ by calls. Compilers' code for them: cmpxchg from 0 locks; xchg with 0, a store of 0,
 * cmpxchg from a constant that is not 0, and a locked subtraction unlock.
 */
#include "unwind/holding.h"

#include <stdlib.h>
#include <string.h>

#include "unwind/row.h"
#include "unwind/x86/effects.h"
#include "unwind/x86/registers.h"
#include "unwind/x86/state.h"
#include "util/heap.h"

#define MOST_STEPS 4096
#define MOST_PATHS 64
#define MOST_READS 256
/* A guard's pointer to its lock may be to what the lock begins: Rust's Arc has two counters before it. */
#define GUARD_BEFORE 16
#define GUARD_WORDS  2

struct path {
	size_t at;
	struct x86_state state;
};

struct scan {
	const struct holding_code *c;
	struct path paths[MOST_PATHS];
	size_t path_count;
	uint8_t *seen; /* by byte: a path has begun or passed here */
	size_t steps, reads;
	bool locks, returns;
};

static bool read_target(void *arg, uint64_t address, void *buf, size_t size)
{
	struct scan *s = arg;

	return s->reads++ < MOST_READS && s->c->read && s->c->read(s->c->arg, address, buf, size);
}

static void add_path(struct scan *s, uint64_t address, const struct x86_state *state)
{
	uint64_t at = address - s->c->address;

	if (at >= s->c->size || s->seen[at] || s->path_count == MOST_PATHS)
		return;
	s->paths[s->path_count++] = (struct path){.at = (size_t)at, .state = *state};
}

/* What an atomic instruction or store does to the lock; HOLDING_NOTHING: it only reads. */
static enum holding meaning_of(const struct x86_state *s, const struct x86_insn *i)
{
	uint64_t value;

	if (i->map == 1 && (i->opcode == 0xb0 || i->opcode == 0xb1))
		return x86_known(s, X86_RAX, &value) && value ? HOLDING_UNLOCKS : HOLDING_LOCKS;
	if (i->map == 1 && (i->opcode == 0xc0 || i->opcode == 0xc1))
		return HOLDING_UNLOCKS;
	if (i->map || i->vector)
		return HOLDING_NOTHING;
	switch (i->opcode) {
	case 0x86:
	case 0x87:
		return x86_known(s, i->reg, &value) && value ? HOLDING_LOCKS : HOLDING_UNLOCKS;
	case 0x88:
	case 0x89:
		return x86_known(s, i->reg, &value) && !value ? HOLDING_UNLOCKS : HOLDING_NOTHING;
	case 0xc6:
	case 0xc7:
		return i->immediate ? HOLDING_NOTHING : HOLDING_UNLOCKS;
	}
	if (!i->locked)
		return HOLDING_NOTHING;
	if (i->opcode == 0xfe || i->opcode == 0xff)
		return (i->reg & 7) == 1 ? HOLDING_UNLOCKS : HOLDING_LOCKS;
	if (i->opcode == 0x80 || i->opcode == 0x81 || i->opcode == 0x83)
		return (i->reg & 7) == 5 || ((i->reg & 7) == 0 && i->immediate < 0) ? HOLDING_UNLOCKS
										    : HOLDING_LOCKS;
	return i->opcode >> 3 == 5 ? HOLDING_UNLOCKS : HOLDING_LOCKS;
}

/* With any lock, a plain store is no sign of one. */
static bool is_sign(const struct holding_code *c, const struct x86_insn *i)
{
	return c->lock || i->locked || (!i->map && (i->opcode == 0x86 || i->opcode == 0x87));
}

static bool stores(const struct x86_insn *i)
{
	return !i->map && !i->vector &&
	       ((i->opcode >= 0x86 && i->opcode <= 0x89) || i->opcode == 0xc6 || i->opcode == 0xc7);
}

static enum holding of_memory(const struct scan *s, const struct x86_state *state, const struct x86_insn *i,
			      uint64_t next)
{
	uint64_t address;

	if (!i->has_modrm || i->mod == 3 || !is_sign(s->c, i))
		return HOLDING_NOTHING;
	if (!s->c->lock)
		return meaning_of(state, i) == HOLDING_NOTHING ? HOLDING_NOTHING : HOLDING_UNLOCKS;
	if (!x86_address(state, i, next, &address) || address != s->c->lock)
		return HOLDING_NOTHING;
	if (s->c->any_store && stores(i))
		return HOLDING_UNLOCKS;
	return meaning_of(state, i);
}

/* Its first argument is the lock, or a guard of it. */
static bool is_given(struct scan *s, const struct x86_state *state)
{
	uint64_t argument, words[GUARD_WORDS];

	if (!s->c->lock)
		return true;
	if (!x86_known(state, X86_RDI, &argument))
		return false;
	if (argument == s->c->lock)
		return true;
	if (!read_target(s, argument, words, sizeof(words)))
		return false;
	for (size_t i = 0; i < GUARD_WORDS; i++)
		if (s->c->lock - words[i] <= GUARD_BEFORE)
			return true;
	return false;
}

/* *ret_ends: the path does. */
static enum holding of_call(struct scan *s, struct x86_state *state, const struct x86_insn *i, uint64_t next,
			    bool *ret_ends)
{
	uint64_t target = x86_target(state, i, next, read_target, s);
	enum holding_call call = target ? s->c->call(s->c->arg, target) : HOLDING_CALL_OTHER;

	*ret_ends = call == HOLDING_CALL_ENDS;
	if ((call == HOLDING_CALL_LOCKS || call == HOLDING_CALL_UNLOCKS) && is_given(s, state))
		return call == HOLDING_CALL_LOCKS ? HOLDING_LOCKS : HOLDING_UNLOCKS;
	x86_forget_call(state);
	return HOLDING_NOTHING;
}

static bool calls(const struct x86_insn *i, enum x86_flow flow)
{
	return flow == X86_CALL || (!i->map && !i->vector && i->opcode == 0xff && (i->reg & 7) == 2);
}

/* Behind a call that does not return, another function begins: with an endbr64, or after nops of several
 * bytes. */
static bool begins_anew(const struct holding_code *c, size_t at)
{
	struct x86_insn i;

	return at >= c->size || (x86_decode(c->bytes + at, c->size - at, &i) && i.map == 1 && !i.vector &&
				 (i.opcode == 0x1e || i.opcode == 0x1f));
}

/* Follows one path to its end. */
static enum holding follow(struct scan *s, struct path p)
{
	const struct holding_code *c = s->c;

	while (p.at < c->size && !s->seen[p.at]) {
		enum holding found;
		enum x86_flow flow;
		struct x86_insn i;
		uint64_t next, to;
		bool ends = false;

		if (s->steps++ > MOST_STEPS || !x86_decode(c->bytes + p.at, c->size - p.at, &i))
			return HOLDING_UNKNOWN;
		s->seen[p.at] = 1;
		next = c->address + p.at + i.length;
		flow = x86_flow(&i);
		found = of_memory(s, &p.state, &i, next);
		if (calls(&i, flow)) {
			found = of_call(s, &p.state, &i, next, &ends);
			ends = ends || begins_anew(c, p.at + i.length);
		}
		to = next + (uint64_t)i.immediate;
		/* A jump out of the function is a call that does not come back to it. */
		if ((flow == X86_JUMP && to - c->address >= c->size) || flow == X86_ANYWHERE)
			found = of_call(s, &p.state, &i, next, &ends);
		if (found != HOLDING_NOTHING)
			return found;
		if (ends || flow == X86_NOWHERE || flow == X86_ANYWHERE) {
			s->returns = s->returns || (!ends && i.opcode != 0x0b && i.opcode != 0xcc);
			return HOLDING_NOTHING;
		}
		if (flow == X86_BRANCH)
			add_path(s, to, &p.state);
		if (flow != X86_JUMP) {
			if (!calls(&i, flow) && flow != X86_BRANCH)
				x86_execute(&p.state, &i, next, read_target, s);
			p.at += i.length;
		} else if (to - c->address < c->size) {
			p.at = (size_t)(to - c->address);
		} else {
			s->returns = true;
			return HOLDING_NOTHING;
		}
	}
	return HOLDING_NOTHING;
}

enum holding holding__next(const struct holding_code *c)
{
	struct scan *s = HEAP_NEW(struct scan, 1);
	enum holding found = HOLDING_NOTHING;
	struct x86_state state = x86_of_frame(c->regs, c->known, c->exact);
	bool lost = false;

	s->c = c;
	s->seen = HEAP_NEW(uint8_t, c->size + 1);
	add_path(s, c->address + c->at, &state);
	while (s->path_count && found != HOLDING_UNLOCKS) {
		found = follow(s, s->paths[--s->path_count]);
		s->locks = s->locks || found == HOLDING_LOCKS;
		lost = lost || found == HOLDING_UNKNOWN;
	}
	if (found != HOLDING_UNLOCKS)
		found = s->locks ? HOLDING_LOCKS : lost || !s->returns ? HOLDING_UNKNOWN : HOLDING_NOTHING;
	free(s->seen);
	free(s);
	return found;
}
