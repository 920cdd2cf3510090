// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/stacks/stacks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "java/runtime/java_stack.h"
#include "util/heap.h"
#include "util/table.h"

#define MAX_STACKS 65536 /* of all processes together; further stacks are lost, and counted */

struct known_stack {
	struct ts_stack_key key;
	uint64_t settled; /* id that equal stacks share */
	uint64_t *pcs;    /* NULL if settled is another */
	size_t count;
	bool complete;
	struct known_stack *next_unnamed;
	struct java_frames *java; /* the Java frames in it, in the arena: read when it was seen */
	size_t java_count;
	struct call_stack frames; /* once named */
	struct arena arena;       /* of the frames */
	UT_hash_handle hh;
};

struct known_row {
	struct ts_cfi_key key;
	UT_hash_handle hh;
};

struct stacks {
	struct probes *probes;
	struct targets *targets;
	struct known_stack *stacks;
	struct known_stack *unnamed; /* whose frames have no names yet */
	struct known_row *rows;      /* that the BPF side has */
	uint64_t lost;
};

struct stacks *stacks__new(struct probes *p, struct targets *t)
{
	struct stacks *s = HEAP_NEW(struct stacks, 1);

	s->probes = p;
	s->targets = t;
	return s;
}

static void free_stack(struct stacks *s, struct known_stack *k)
{
	struct known_stack **at = &s->unnamed;

	while (*at && *at != k)
		at = &(*at)->next_unnamed;
	if (*at)
		*at = k->next_unnamed;
	HASH_DEL(s->stacks, k);
	free(k->pcs);
	arena__free(&k->arena);
	free(k);
}

void stacks__free(struct stacks *s)
{
	struct known_stack *k, *next;
	struct known_row *r, *next_row;

	if (!s)
		return;
	HASH_ITER(hh, s->stacks, k, next)
	free_stack(s, k);
	HASH_ITER(hh, s->rows, r, next_row)
	{
		HASH_DEL(s->rows, r);
		free(r);
	}
	free(s);
}

static struct known_stack *find(const struct stacks *s, uint32_t tgid, uint64_t id)
{
	struct ts_stack_key key = {.tgid = tgid, .id = id};
	struct known_stack *k;

	HASH_FIND(hh, s->stacks, &key, sizeof(key), k);
	return k;
}

static struct known_stack *add(struct stacks *s, uint32_t tgid, uint64_t id)
{
	struct known_stack *k = find(s, tgid, id);

	if (k)
		return k;
	if (HASH_COUNT(s->stacks) >= MAX_STACKS) {
		s->lost++;
		return NULL;
	}
	k = HEAP_NEW(struct known_stack, 1);
	k->key.tgid = tgid;
	k->key.id = id;
	k->settled = id;
	HASH_ADD(hh, s->stacks, key, sizeof(k->key), k);
	return k;
}

/* Names come later: until the BPF side has the rules of a new stack, each such event costs a copy of the
 * stack. */
static void keep(struct stacks *s, struct known_stack *k, const uint64_t *pcs, size_t count, bool complete)
{
	if (k->pcs || !count)
		return;
	k->pcs = heap__copy(pcs, count * sizeof(*pcs));
	k->count = count;
	k->complete = complete;
	k->next_unnamed = s->unnamed;
	s->unnamed = k;
}

static void name(struct stacks *s, struct known_stack *k)
{
	struct target *t = targets__named(s->targets, (pid_t)k->key.tgid);

	struct java_vm *vm;

	if (!t)
		return;
	k->frames = target__frames(t, &k->arena, k->pcs, NULL, k->count,
				   k->complete ? STACK_COMPLETE : STACK_TRUNCATED);
	vm = k->java_count ? targets__java(s->targets, (pid_t)k->key.tgid) : NULL;
	if (vm)
		k->frames = java_stack__join(vm, &k->arena, k->java, k->java_count, &k->frames);
}

bool stacks__name_one(struct stacks *s)
{
	struct known_stack *k = s->unnamed;

	if (!k)
		return false;
	s->unnamed = k->next_unnamed;
	k->next_unnamed = NULL;
	if (!k->frames.count)
		name(s, k);
	return true;
}

/* The same hash as in bpf/stack.bpf.h, so that both sides have the same id for a stack. */
static uint64_t stack_id(const uint64_t *pcs, size_t count)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < count; i++) {
		hash ^= pcs[i];
		hash *= 0x9E3779B97F4A7C15ULL;
		hash ^= hash >> 29;
	}
	return (hash & ~TS_STACK_PROVISIONAL) | 1;
}

/* Other methods may be interpreted at the same addresses. */
static uint64_t java_id(uint64_t id, const struct java_frames *java, size_t count)
{
	for (size_t k = 0; k < count; k++)
		for (size_t i = 0; i < java[k].count; i++) {
			id = (id ^ (uint64_t)java[k].frames[i].line) * 0x9E3779B97F4A7C15ULL;
			for (const char *c = java[k].frames[i].function; *c; c++)
				id = (id ^ (uint8_t)*c) * 0x100000001b3ULL;
		}
	return (id & ~TS_STACK_PROVISIONAL) | 1;
}

/* The thread goes on: what is interpreted shows now only, in the copy of its stack. walked: from e->regs. */
static size_t java_frames(struct stacks *s, struct target *t, struct arena *a,
			  const struct ts_event_stack_raw *e, const struct stack *walked,
			  struct java_frames ret[JAVA_STRETCHES_MAX])
{
	struct java_vm *vm = targets__java(s->targets, (pid_t)e->e.tgid);
	struct stack_memory memory = {
		.start = e->regs.r[TS_REG_SP], .bytes = e->stack, .len = e->stack_bytes};
	struct ts_regs regs;
	size_t first = 0;

	if (!vm || !java_vm__find_code(vm))
		return 0;
	while (first < walked->count && !java_vm__is_code(vm, walked->pcs[first]))
		first++;
	if (first == walked->count ||
	    !unwinder__registers(t->unwinder, &e->regs, e->frames > 0, &memory, first, &regs))
		return 0;
	return java_vm__frames_at(vm, a,
				  &(struct java_place){.pc = regs.r[TS_REG_PC],
						       .sp = regs.r[TS_REG_SP],
						       .fp = regs.r[TS_REG_FP],
						       .start = memory.start,
						       .bytes = memory.bytes,
						       .len = memory.len},
				  ret);
}

/* Sends the rule at pc to the BPF side, once. */
static void teach(struct stacks *s, struct target *t, const struct ts_event *e, uint64_t pc, bool is_return)
{
	struct ts_cfi_key key = {.tgid = e->tgid, .exec_id = e->exec_id, .pc = pc};
	struct ts_cfi_row row = {};
	struct known_row *r;

	HASH_FIND(hh, s->rows, &key, sizeof(key), r);
	if (r || unwinder__row(t->unwinder, pc, is_return, &row))
		return;
	if (probes__add_row(s->probes, &key, &row))
		return;
	r = HEAP_NEW(struct known_row, 1);
	r->key = key;
	HASH_ADD(hh, s->rows, key, sizeof(r->key), r);
}

/* Continues a walk that ended in the kernel at a program counter without a rule. */
static void raw_stack(struct stacks *s, const struct ts_event_stack_raw *e)
{
	struct target *t = targets__named(s->targets, (pid_t)e->e.tgid);
	struct stack_memory memory = {
		.start = e->regs.r[TS_REG_SP], .bytes = e->stack, .len = e->stack_bytes};
	struct stack walked;
	uint64_t pcs[TS_MAX_FRAMES];
	struct java_frames java[JAVA_STRETCHES_MAX];
	size_t java_count;
	struct arena a = {0};
	struct known_stack *k;
	size_t count = e->frames;
	bool complete;

	if (!t || e->frames > TS_MAX_FRAMES || e->stack_bytes > sizeof(e->stack)) {
		s->lost++;
		return;
	}
	memcpy(pcs, e->pcs, count * sizeof(pcs[0]));
	unwinder__walk(t->unwinder, &e->regs, count > 0, &memory, &walked);
	for (size_t i = 0; i < walked.count && count < TS_MAX_FRAMES; i++) {
		pcs[count] = walked.pcs[i];
		teach(s, t, &e->e, pcs[count], count > 0);
		count++;
	}
	complete = walked.end == STACK_COMPLETE && walked.count <= TS_MAX_FRAMES - e->frames;
	if (!count) {
		s->lost++;
		return;
	}
	k = add(s, e->e.tgid, e->id);
	if (!k)
		return;
	java_count = java_frames(s, t, &a, e, &walked, java);
	k->settled = stack_id(pcs, count);
	if (java_count)
		k->settled = java_id(k->settled, java, java_count);
	k = add(s, e->e.tgid, k->settled);
	if (k && !k->pcs) {
		k->java = arena__copy(&a, java, java_count * sizeof(*java));
		k->java_count = java_count;
		arena__join(&k->arena, &a);
	}
	arena__free(&a);
	if (k)
		keep(s, k, pcs, count, complete);
}

void stacks__event(struct stacks *s, const struct ts_event *e, size_t size)
{
	struct known_stack *k;

	if (e->kind == TS_EVENT_STACK && size >= sizeof(struct ts_event_stack)) {
		const struct ts_event_stack *stack = (const struct ts_event_stack *)e;

		if (stack->frames > TS_MAX_FRAMES)
			return;
		k = add(s, e->tgid, stack->id);
		if (k)
			keep(s, k, (const uint64_t *)stack->pcs, stack->frames, stack->complete);
	} else if (e->kind == TS_EVENT_STACK_RAW && size >= sizeof(struct ts_event_stack_raw)) {
		raw_stack(s, (const struct ts_event_stack_raw *)e);
	}
}

uint64_t stacks__settle(const struct stacks *s, uint32_t tgid, uint64_t id)
{
	struct known_stack *k = id ? find(s, tgid, id) : NULL;

	return k ? k->settled : 0;
}

struct call_stack stacks__frames(struct stacks *s, uint32_t tgid, uint64_t id)
{
	struct known_stack *k = find(s, tgid, stacks__settle(s, tgid, id));

	if (k && k->pcs && !k->frames.count)
		name(s, k);
	return k && k->frames.count ? k->frames : (struct call_stack){.end = STACK_UNREADABLE};
}

void stacks__forget(struct stacks *s, uint32_t tgid)
{
	struct known_stack *k, *next;
	struct known_row *r, *next_row;

	HASH_ITER(hh, s->stacks, k, next)
	{
		if (k->key.tgid != tgid)
			continue;
		probes__forget_stack(s->probes, &k->key);
		free_stack(s, k);
	}
	HASH_ITER(hh, s->rows, r, next_row)
	{
		if (r->key.tgid != tgid)
			continue;
		probes__remove_row(s->probes, &r->key);
		HASH_DEL(s->rows, r);
		free(r);
	}
}

uint64_t stacks__lost(const struct stacks *s)
{
	return s->lost;
}
