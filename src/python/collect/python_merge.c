// SPDX-License-Identifier: GPL-2.0-or-later
#include "python/collect/python_merge.h"

#include <stdlib.h>

#include "util/heap.h"
#include "util/text.h"
#include "util/u64_table.h"

#define EVALUATOR "_PyEval_EvalFrameDefault"

struct python_merge {
	struct arena *arena;
	struct python_names *names;
	struct u64_table known; /* struct known by a hash of both stacks: many threads are at one place */
};

struct known {
	const struct frame *native;
	struct call_stack merged;
};

struct python_merge *python_merge__new(const struct python *py, struct arena *a)
{
	struct python_merge *m = HEAP_NEW(struct python_merge, 1);

	m->arena = a;
	m->names = python_names__new(py, a);
	return m;
}

void python_merge__free(struct python_merge *m)
{
	if (!m)
		return;
	python_names__free(m->names);
	u64_table__free(&m->known);
	free(m);
}

static bool is_evaluator(const struct frame *f)
{
	return f->function && !f->inlined && !f->language && starts_with(f->function, EVALUATOR);
}

static bool fits(const struct call_stack *s, const struct python_place *places, size_t count, bool whole)
{
	bool complete = (s->end == STACK_RUNNING ? s->sampled : s->end) == STACK_COMPLETE;
	size_t native = 0, python = 0;

	for (size_t i = 0; i < s->count; i++)
		native += is_evaluator(&s->frames[i]);
	for (size_t i = 0; i < count; i++)
		python += places[i].last;
	return native && (complete && whole ? native == python : native <= python);
}

static uint64_t hash_of(const struct call_stack *s, const struct python_place *places, size_t count)
{
	uint64_t hash = 0xcbf29ce484222325 ^ (uint64_t)(uintptr_t)s->frames;

	for (size_t i = 0; i < count; i++) {
		hash = (hash ^ places[i].code) * 0x100000001b3;
		hash = (hash ^ places[i].instr) * 0x9e3779b97f4a7c15;
		hash ^= hash >> 29;
	}
	return hash;
}

/* False: a code object fails a check. */
static bool make(struct python_merge *m, const struct call_stack *s, const struct python_place *places,
		 size_t count, struct call_stack *ret)
{
	struct frame *frames = ARENA_NEW(m->arena, struct frame, s->count + count);
	size_t used = 0, next = 0;

	for (size_t i = 0; i < s->count; i++) {
		bool last = !is_evaluator(&s->frames[i]);

		/* Nor what the compiler has inlined into it. */
		while (!last && used && frames[used - 1].inlined &&
		       frames[used - 1].address == s->frames[i].address)
			used--;
		if (last)
			frames[used++] = s->frames[i];
		for (; !last && next < count; next++) {
			if (!python_names__place(m->names, &places[next], &frames[used]))
				return false;
			frames[used].language = "Python";
			frames[used++].address = s->frames[i].address;
			last = places[next].last;
		}
	}
	*ret = *s;
	ret->frames = frames;
	ret->count = used;
	return true;
}

void python_merge__into(struct python_merge *m, struct call_stack *stack, const struct python_place *places,
			size_t count, bool whole)
{
	struct known *k;
	bool made;

	if (!fits(stack, places, count, whole))
		return;
	k = u64_table__get(&m->known, sizeof(*k), hash_of(stack, places, count), &made);
	if (made || k->native != stack->frames) {
		k->native = stack->frames;
		if (!make(m, stack, places, count, &k->merged))
			k->merged = *stack;
	}
	stack->frames = k->merged.frames;
	stack->count = k->merged.count;
}
