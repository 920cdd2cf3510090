// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/threads/bare_stacks.h"

#include <string.h>

#include "collect/stacks/stack_table.h"

void bare_stack__keep(struct arena *a, struct bare_stack *b, const struct stack *w)
{
	b->pcs = ARENA_NEW(a, uint64_t, w->count + 1);
	b->exact = ARENA_NEW(a, uint8_t, w->count + 1);
	memcpy(b->pcs, w->pcs, w->count * sizeof(*b->pcs));
	memcpy(b->exact, w->exact, w->count);
	b->count = w->count;
	b->end = w->end;
}

/* The stacks of one snapshot that already have names. */
struct named_stacks {
	struct stack_table user, kernel;
};

static struct call_stack name_user(struct sample *s, struct target *target, struct stack_table *known,
				   const struct bare_stack *b)
{
	struct bare_frames key = {b->pcs, b->exact, b->count, b->end};
	const struct call_stack *same = stack_table__find(known, &key);
	struct call_stack named;

	if (same)
		return *same;
	named = target__frames(target, &s->arena, b->pcs, b->exact, b->count, b->end);
	stack_table__add(known, &key, &named);
	return named;
}

static struct call_stack name_kernel(struct kernel_names *kernel, struct sample *s, struct stack_table *known,
				     const struct pass_thread *p)
{
	struct bare_frames key = {p->kstack, NULL, p->t.kstack_frames, STACK_COMPLETE};
	const struct call_stack *same = stack_table__find(known, &key);
	struct call_stack named;

	if (same)
		return *same;
	named = kernel_names__frames(kernel, &s->arena, &key);
	stack_table__add(known, &key, &named);
	return named;
}

void bare_stacks__name(struct kernel_names *kernel, struct sample *s, struct target *target,
		       const struct pass *pass, const struct bare_stack *stacks)
{
	struct named_stacks known = {};

	for (size_t i = 0; i < s->thread_count; i++) {
		const struct bare_stack *b = &stacks[i];
		struct sample_thread *t = &s->threads[i];

		/* It moves faster than it can be read. */
		if (!target || (b->stale && !b->sampled))
			t->stack = (struct call_stack){.end = b->stale ? STACK_RUNNING : b->end};
		else
			t->stack = name_user(s, target, &known.user, b);
		t->stack.sampled = b->sampled;
		if (t->blocked && !b->stale && pass->threads[i].t.kstack_frames)
			t->kernel_stack = name_kernel(kernel, s, &known.kernel, &pass->threads[i]);
		thread__find_file_locker(t, &pass->threads[i].t);
	}
	stack_table__free(&known.user);
	stack_table__free(&known.kernel);
}
