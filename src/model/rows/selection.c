// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rows/selection.h"

#include "words/describe.h"
#include "waits/wait.h"

bool selection__any(const struct selection *which)
{
	return which && (which->tid_count || which->pattern);
}

static bool has_tid(const struct selection *which, pid_t tid)
{
	for (size_t i = 0; i < which->tid_count; i++)
		if (which->tids[i] == tid)
			return true;
	return !which->tid_count;
}

static bool matches(const regex_t *pattern, const char *text)
{
	return text && !regexec(pattern, text, 0, NULL, 0);
}

static bool stack_matches(const regex_t *pattern, const struct call_stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		if (matches(pattern, stack->frames[i].function))
			return true;
	return false;
}

static bool wait_matches(const regex_t *pattern, const struct wait *wait, const struct lock_row *locks,
			 size_t lock_count)
{
	struct naming n = {.locks = locks, .lock_count = lock_count};
	const struct lock_row *lock = naming__lock(&n, wait->lock);
	char address[DESCRIBE_NAME];

	if (matches(pattern, wait_kind__name(wait->kind)) || matches(pattern, wait->syscall) ||
	    matches(pattern, wait->file))
		return true;
	return lock && (matches(pattern, lock->symbol) ||
			matches(pattern, describe_address(address, sizeof(address), lock->address)));
}

bool selection__takes(const struct selection *which, const struct thread_row *t, const struct lock_row *locks,
		      size_t lock_count)
{
	if (!selection__any(which))
		return true;
	if (!has_tid(which, t->tid))
		return false;
	if (!which->pattern || matches(which->pattern, t->name) || stack_matches(which->pattern, &t->stack) ||
	    stack_matches(which->pattern, &t->kernel_stack))
		return true;
	return t->blocked ? wait_matches(which->pattern, &t->wait, locks, lock_count)
			  : matches(which->pattern, describe_wait_kind(t));
}
