// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The loop of a spin lock: from where the code is, each way back to there changes the same word once, by an
 * atomic instruction. A loop that takes and gives back a lock changes it twice, or stores to it.
 */
#include "unwind/holding.h"

#include <stdlib.h>

#include "unwind/x86/effects.h"
#include "unwind/x86/state.h"
#include "util/heap.h"

#define MOST_STEPS  64 /* of one way: such loops are short */
#define MOST_PATHS  32
#define MOST_VISITS 2048
#define MOST_READS  64
#define MOST_STORES 4
/* Around the stack pointer: where a function has its own variables, also below it (the red zone). */
#define OWN_BELOW 128
#define OWN_ABOVE 4096

struct path {
	size_t at;
	struct x86_state state;
	uint64_t word; /* that it has tried to change */
	size_t tries;
	uint64_t stored[MOST_STORES]; /* where it has stored something of its own */
	size_t stores;
	size_t passed[MOST_STEPS], steps;
};

struct spin {
	const struct holding_code *c;
	struct path paths[MOST_PATHS];
	size_t path_count, visits, reads;
	uint64_t word; /* of the ways that have come back; 0: none has */
	bool lost;     /* they disagree, or are too many */
};

static bool read_target(void *arg, uint64_t address, void *buf, size_t size)
{
	struct spin *s = arg;

	return s->reads++ < MOST_READS && s->c->read && s->c->read(s->c->arg, address, buf, size);
}

static bool is_atomic(const struct x86_insn *i)
{
	return i->has_modrm && i->mod != 3 &&
	       (i->locked || (!i->map && !i->vector && (i->opcode == 0x86 || i->opcode == 0x87)));
}

static bool is_store(const struct x86_insn *i)
{
	return i->has_modrm && i->mod != 3 && !i->map && !i->vector &&
	       (i->opcode == 0x88 || i->opcode == 0x89 || i->opcode == 0xc6 || i->opcode == 0xc7);
}

/* False: the loop does more than wait. */
static bool note_memory(struct path *p, const struct x86_insn *i, uint64_t next)
{
	uint64_t address, sp;

	if (!is_atomic(i) && !is_store(i))
		return true;
	if (!x86_address(&p->state, i, next, &address) || !x86_known(&p->state, X86_RSP, &sp))
		return false;
	if (is_atomic(i)) {
		p->word = address;
		return !p->tries++;
	}
	/* To a variable of its own, which code that is not optimized keeps there. */
	if (address - (sp - OWN_BELOW) >= OWN_BELOW + OWN_ABOVE || p->stores == MOST_STORES)
		return false;
	p->stored[p->stores++] = address;
	return true;
}

static bool passed(const struct path *p)
{
	for (size_t i = 0; i < p->steps; i++)
		if (p->passed[i] == p->at)
			return true;
	return false;
}

static void come_back(struct spin *s, const struct path *p)
{
	if (!p->tries) /* it has only looked at the word */
		return;
	for (size_t i = 0; i < p->stores; i++)
		if (p->stored[i] == p->word)
			return; /* it has given it back */
	s->lost = s->lost || (s->word && s->word != p->word);
	s->word = p->word;
}

static void branch(struct spin *s, const struct path *from, uint64_t to)
{
	if (to - s->c->address >= s->c->size)
		return;
	if (s->path_count == MOST_PATHS) {
		s->lost = true;
		return;
	}
	s->paths[s->path_count] = *from;
	s->paths[s->path_count++].at = (size_t)(to - s->c->address);
}

/* Behind an instruction of it. False: the way ends. */
static bool go_on(struct spin *s, struct path *p, const struct x86_insn *i)
{
	const struct holding_code *c = s->c;
	const uint64_t next = c->address + p->at + i->length, to = next + (uint64_t)i->immediate;
	bool indirect = !i->map && !i->vector && i->opcode == 0xff && (i->reg & 7) == 2;
	enum x86_flow flow = x86_flow(i);

	if (flow == X86_CALL || indirect) {
		if (c->exact || next != c->address + c->at)
			return false;
		x86_forget_call(&p->state);
	} else if (flow == X86_NOWHERE || flow == X86_ANYWHERE || !note_memory(p, i, next)) {
		return false;
	} else if (flow == X86_JUMP) {
		p->at = (size_t)(to - c->address);
		return to - c->address < c->size;
	} else if (flow == X86_BRANCH) {
		branch(s, p, to);
	} else {
		x86_execute(&p->state, i, next, read_target, s);
	}
	p->at += i->length;
	return true;
}

static void follow(struct spin *s, struct path p)
{
	const struct holding_code *c = s->c;
	struct x86_insn i;

	for (;;) {
		if (p.at == c->at && p.steps) {
			come_back(s, &p);
			return;
		}
		if (p.at >= c->size || p.steps == MOST_STEPS || passed(&p))
			return;
		if (s->visits++ > MOST_VISITS) {
			s->lost = true;
			return;
		}
		if (!x86_decode(c->bytes + p.at, c->size - p.at, &i))
			return;
		p.passed[p.steps++] = p.at;
		if (!go_on(s, &p, &i))
			return;
	}
}

uint64_t holding__spins_for(const struct holding_code *c)
{
	struct spin *s = HEAP_NEW(struct spin, 1);
	uint64_t word;

	s->c = c;
	s->paths[s->path_count++] =
		(struct path){.at = c->at, .state = x86_of_frame(c->regs, c->known, c->exact)};
	while (s->path_count && !s->lost)
		follow(s, s->paths[--s->path_count]);
	word = s->lost ? 0 : s->word;
	free(s);
	return word;
}

uint64_t holding__argument(const uint64_t *regs, uint64_t known)
{
	const struct x86_state state = x86_of_frame(regs, known, true);
	uint64_t value;

	return x86_known(&state, X86_RDI, &value) ? value : 0;
}
