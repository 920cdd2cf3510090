// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/own_stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>

#define ENOUGH (8u << 20)

static struct {
	int (*fn)(void *arg);
	void *arg;
	int result;
} call;

static bool raise_limit(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_STACK, &l) || l.rlim_cur >= ENOUGH)
		return true;
	l.rlim_cur = ENOUGH;
	if (l.rlim_max < ENOUGH)
		l.rlim_max = ENOUGH;
	return !setrlimit(RLIMIT_STACK, &l);
}

static void begin(void)
{
	call.result = call.fn(call.arg);
}

int own_stack__run(int (*fn)(void *arg), void *arg)
{
	size_t guard = (size_t)sysconf(_SC_PAGESIZE);
	ucontext_t own, before;
	char *stack;

	if (raise_limit())
		return fn(arg);
	/* Memory is used only as far as the stack is. */
	stack = mmap(NULL, ENOUGH + guard, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED || mprotect(stack, guard, PROT_NONE) || getcontext(&own))
		return fn(arg);
	call.fn = fn;
	call.arg = arg;
	own.uc_stack.ss_sp = stack + guard;
	own.uc_stack.ss_size = ENOUGH;
	own.uc_link = &before;
	makecontext(&own, begin, 0);
	if (swapcontext(&before, &own))
		return fn(arg);
	munmap(stack, ENOUGH + guard);
	return call.result;
}
