// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/stack.h"

#include <string.h>

const char *stack_end__name(enum stack_end end)
{
	static const char *const NAMES[STACK_ENDS] = {
		[STACK_COMPLETE] = "complete",     [STACK_TRUNCATED] = "truncated",
		[STACK_UNREADABLE] = "unreadable", [STACK_RUNNING] = "running",
		[STACK_MOVED] = "moved",
	};

	return (unsigned)end < STACK_ENDS ? NAMES[end] : NULL;
}

int frame__by_place(const struct frame *x, const struct frame *y)
{
	int order;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (!x->language && !y->language)
		return 0;
	order = strcmp(x->function ? x->function : "", y->function ? y->function : "");
	return order ? order : (x->line > y->line) - (x->line < y->line);
}

bool frame__of_interpreter(const struct frame *f)
{
	return f->language && strcmp(f->language, JAVA_LANGUAGE) != 0;
}

struct frame frame__copy(struct arena *a, const struct frame *from)
{
	struct frame f = *from;

	f.function = arena__string(a, f.function);
	f.module = arena__string(a, f.module);
	f.file = arena__string(a, f.file);
	f.language = arena__string(a, f.language);
	f.called = arena__string(a, f.called);
	return f;
}

struct call_stack call_stack__copy(struct arena *a, const struct call_stack *from)
{
	struct frame *frames = ARENA_NEW(a, struct frame, from->count + 1);
	struct call_stack copy = *from;

	for (size_t i = 0; i < from->count; i++)
		frames[i] = frame__copy(a, &from->frames[i]);
	copy.frames = frames;
	return copy;
}
