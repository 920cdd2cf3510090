// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/threads/busy_threads.h"

#include <stdlib.h>

#include "collect/threads/running_threads.h"
#include "util/heap.h"

#define MOST_THREADS   64 /* of a process, that are sampled */
#define MOST_PROCESSES 4

static uint64_t key_of(const struct ts_thread *t)
{
	return ((uint64_t)t->tgid << 32 | t->tid) ^ t->start_ns * 0x9e3779b97f4a7c15;
}

/* It runs, and did so at the sample before, without a wait in between. */
static bool is_busy(const struct u64_table *blocked, struct u64_table *now, const struct pass_thread *p)
{
	const struct ts_thread *t = &p->t;
	const uint64_t *then;
	uint64_t *count;
	bool made;

	if ((thread__state(t) != 'R' && !(t->flags & TS_THREAD_ON_CPU)) || t->flags & TS_THREAD_COMPAT)
		return false;
	count = u64_table__get(now, sizeof(*count), key_of(t), &made);
	*count = t->account.counts[TS_VOLUNTARY];
	then = u64_table__find(blocked, sizeof(*then), key_of(t));
	return then && *then == *count;
}

static void sample(struct targets *targets, struct sample *s, const struct pass *pass, const bool *busy,
		   size_t first, size_t end, struct bare_stack *stacks)
{
	bool *chosen = HEAP_NEW(bool, s->thread_count + 1);
	size_t count = 0;

	for (size_t i = first; i < end && count < MOST_THREADS; i++)
		count += chosen[i] = busy[i];
	running__sample(s, targets__named(targets, (pid_t)pass->threads[first].t.tgid), pass, chosen, stacks);
	free(chosen);
}

struct bare_stack *busy_threads__sample(struct u64_table *blocked, struct targets *targets, struct sample *s,
					const struct pass *pass)
{
	bool *busy = HEAP_NEW(bool, s->thread_count + 1);
	struct bare_stack *stacks = NULL;
	struct u64_table now = {0};
	size_t processes = 0;

	for (size_t i = 0, first = 0, count = 0; i < pass->count; i++) {
		busy[i] = is_busy(blocked, &now, &pass->threads[i]);
		count += busy[i];
		if (i + 1 < pass->count && pass->threads[i + 1].t.tgid == pass->threads[i].t.tgid)
			continue;
		if (count > 1 && processes++ < MOST_PROCESSES) {
			stacks = stacks ? stacks : HEAP_NEW(struct bare_stack, s->thread_count + 1);
			sample(targets, s, pass, busy, first, i + 1, stacks);
		}
		first = i + 1;
		count = 0;
	}
	u64_table__free(blocked);
	*blocked = now;
	free(busy);
	return stacks;
}
