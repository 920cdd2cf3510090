// SPDX-License-Identifier: GPL-2.0-or-later
#include "java/runtime/java_stack.h"

static bool is_java(const struct java_vm *vm, const struct frame *f)
{
	return !f->module && java_vm__is_code(vm, f->address);
}

/*
 * Both walks find the same stretches of generated code: the native one by its instructions, the other by the
 * machine's own notes, which begin where it last left Java. Stubs, which jstack leaves out, are left out
 * here.
 */
struct call_stack java_stack__join(const struct java_vm *vm, struct arena *a,
				   const struct java_frames *stretches, size_t found,
				   const struct call_stack *native)
{
	size_t total = native->count, n = 0, k = 0;
	struct frame *frames;

	for (size_t i = 0; i < found; i++)
		total += stretches[i].count;
	frames = ARENA_NEW(a, struct frame, total);
	for (size_t i = 0; i < native->count;) {
		size_t end = i;

		while (end < native->count && is_java(vm, &native->frames[end]))
			end++;
		if (end == i) {
			frames[n++] = native->frames[i++];
			continue;
		}
		if (k < found && stretches[k].count)
			for (size_t f = 0; f < stretches[k].count; f++)
				frames[n++] = stretches[k].frames[f];
		else
			for (size_t f = i; f < end; f++)
				frames[n++] = native->frames[f];
		k++;
		i = end;
	}
	/* The native walk could not go on in generated code: what is beyond is known all the same. */
	for (; native->end == STACK_TRUNCATED && k < found; k++)
		for (size_t f = 0; f < stretches[k].count; f++)
			frames[n++] = stretches[k].frames[f];
	return (struct call_stack){
		.frames = frames, .count = n, .end = native->end, .sampled = native->sampled};
}
