// SPDX-License-Identifier: GPL-2.0-or-later
#include "ruby/collect/ruby_merge.h"

#include "util/text.h"

/* The symbol of vm_exec() (vm.c): exported, so also a stripped library has it. */
#define EVALUATOR "rb_vm_exec"
/* The function with all instructions, which it calls: static, so a stripped library has no name for it. */
#define CORE "vm_exec_core"

static bool is_native(const struct frame *f)
{
	return !f->inlined && !f->language;
}

static bool is_evaluator(const struct frame *f)
{
	return is_native(f) && f->function && !strcmp(f->function, EVALUATOR);
}

static bool is_core(const struct frame *f, const struct frame *evaluator)
{
	if (!is_native(f))
		return false;
	return f->function ? starts_with(f->function, CORE) : same_text(f->module, evaluator->module);
}

static bool fits(const struct call_stack *s, const struct ruby_thread *from)
{
	bool complete = (s->end == STACK_RUNNING ? s->sampled : s->end) == STACK_COMPLETE;
	size_t native = 0, ruby = 0;

	for (size_t i = 0; i < s->count; i++)
		native += is_evaluator(&s->frames[i]);
	for (size_t i = 0; i < from->count; i++)
		ruby += from->places[i].last;
	return native && (complete && from->whole ? native == ruby : native <= ruby);
}

/* How many of the frames are left without the innermost function and what the compiler has inlined into it.
 */
static size_t without_inlined(const struct frame *frames, size_t count, uint64_t address)
{
	while (count && frames[count - 1].inlined && frames[count - 1].address == address)
		count--;
	return count;
}

static size_t without_core(const struct frame *frames, size_t count, const struct frame *evaluator)
{
	count = without_inlined(frames, count, evaluator->address);
	if (!count || !is_core(&frames[count - 1], evaluator))
		return count;
	return without_inlined(frames, count - 1, frames[count - 1].address);
}

void ruby_merge__into(struct ruby_names *names, struct arena *a, struct call_stack *stack,
		      const struct ruby_thread *from)
{
	struct frame *frames;
	size_t used = 0, next = 0;

	if (!fits(stack, from))
		return;
	frames = ARENA_NEW(a, struct frame, stack->count + from->count);
	for (size_t i = 0; i < stack->count; i++) {
		bool last = !is_evaluator(&stack->frames[i]);

		if (last)
			frames[used++] = stack->frames[i];
		else
			used = without_core(frames, used, &stack->frames[i]);
		for (; !last && next < from->count; next++) {
			if (!ruby_names__place(names, &from->places[next], &frames[used]))
				return;
			frames[used].language = "Ruby";
			frames[used++].address = stack->frames[i].address;
			last = from->places[next].last;
		}
	}
	stack->frames = frames;
	stack->count = used;
}
