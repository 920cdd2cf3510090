/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits to judge, by the names of their functions. */
#ifndef TS_TEST_JUDGE_H
#define TS_TEST_JUDGE_H

#include <sys/syscall.h>

#include "test.h"
#include "waits/judge.h"

static const uint64_t no_args[6];
static const struct call_stack no_stack;

static struct wait_case in(enum wait_kind kind, const struct call_stack *stack)
{
	return (struct wait_case){.kind = kind,
				  .state = 'S',
				  .name = "worker",
				  .syscall = SYS_futex,
				  .args = no_args,
				  .user = stack,
				  .kernel = &no_stack};
}

#define MOST_FRAMES 12

/* names: innermost first, NULL ends them. */
static struct wait_judgement judge_names_of(enum wait_kind kind, const char *const *names, size_t same_word)
{
	struct frame frames[MOST_FRAMES] = {0};
	struct call_stack stack = {.frames = frames, .end = STACK_COMPLETE};
	struct wait_case c = in(kind, &stack);

	while (stack.count < MOST_FRAMES && names[stack.count]) {
		frames[stack.count].address = stack.count + 1;
		frames[stack.count].function = names[stack.count];
		stack.count++;
	}
	c.same_word = same_word;
	return wait__judge(&c);
}

#define JUDGE(kind, ...) judge_names_of(kind, (const char *const[]){__VA_ARGS__, NULL}, 0)
#define CLASS(kind, ...) wait_class__name(JUDGE(kind, __VA_ARGS__).class)

#endif
