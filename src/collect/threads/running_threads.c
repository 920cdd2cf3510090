// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/threads/running_threads.h"

#include <stdlib.h>

#include "probes/ticks.h"

/* A sample at a tick. Samples are walked after all are collected, because a walk may take longer than the
 * threads stay. */
struct seen {
	struct ts_regs regs;
	const uint8_t *stack;
	size_t len;
};

struct watch {
	struct target *target;
	struct arena copies;
	struct tick_thread *threads;
	size_t *indexes; /* of threads in the sample */
	struct seen *seen;
	size_t count;
};

static int cpu_of(void *arg, pid_t tid)
{
	const struct watch *w = arg;

	return process__thread_cpu(w->target->process, tid);
}

static void keep(void *arg, size_t thread, const struct ts_regs *regs, const uint8_t *stack, size_t len)
{
	struct watch *w = arg;

	w->seen[thread] = (struct seen){*regs, arena__copy(&w->copies, stack, len), len};
}

/* From the copy only: memory beyond it has changed by now. */
static void walk(struct arena *a, struct target *target, const struct seen *seen, struct bare_stack *ret)
{
	struct stack walked;
	struct stack_memory memory = {
		.start = seen->regs.r[TS_REG_SP], .bytes = seen->stack, .len = seen->len};

	unwinder__walk(target->unwinder, &seen->regs, false, &memory, &walked);
	if (!walked.count || walked.end == STACK_UNREADABLE)
		return;
	*ret = (struct bare_stack){0};
	bare_stack__keep(a, ret, &walked);
	ret->sampled = walked.end == STACK_COMPLETE ? STACK_COMPLETE : STACK_TRUNCATED;
	ret->end = STACK_RUNNING;
	ret->regs = arena__copy(a, &seen->regs, sizeof(seen->regs));
}

static bool runs(const struct pass_thread *p)
{
	return thread__state(&p->t) == 'R' || (p->t.flags & TS_THREAD_ON_CPU);
}

static bool is_wanted(const struct pass *pass, const bool *chosen, size_t i)
{
	return chosen ? chosen[i] : runs(&pass->threads[i]);
}

void running__sample(struct sample *s, struct target *target, const struct pass *pass, const bool *chosen,
		     struct bare_stack *stacks)
{
	struct tick_sink sink = {.cpu_of = cpu_of, .sample = keep};
	struct watch w = {.target = target};
	size_t running = 0;

	for (size_t i = 0; target && i < s->thread_count; i++)
		running += is_wanted(pass, chosen, i);
	if (!running)
		return;
	w.threads = ARENA_NEW(&w.copies, struct tick_thread, running);
	w.indexes = ARENA_NEW(&w.copies, size_t, running);
	w.seen = ARENA_NEW(&w.copies, struct seen, running);
	for (size_t i = 0; i < s->thread_count; i++) {
		const struct pass_thread *p = &pass->threads[i];

		if (!is_wanted(pass, chosen, i))
			continue;
		if ((p->t.flags & TS_THREAD_STEADY) && p->ustack_bytes) {
			struct seen left = {p->t.regs, p->ustack, p->ustack_bytes};

			walk(&s->arena, target, &left, &stacks[i]);
		} else if (!(p->t.flags & TS_THREAD_COMPAT)) {
			w.indexes[w.count] = i;
			w.threads[w.count++].tid = s->threads[i].tid;
		}
	}
	sink.arg = &w;
	if (w.count)
		ticks__take(w.threads, w.count, RUNNING_WAIT_NS, &sink);
	for (size_t i = 0; i < w.count; i++)
		if (w.seen[i].len)
			walk(&s->arena, target, &w.seen[i], &stacks[w.indexes[i]]);
	arena__free(&w.copies);
}
