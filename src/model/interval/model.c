// SPDX-License-Identifier: GPL-2.0-or-later
/* How a model begins and ends, and what it remembers of objects. */
#include "model/interval/model_private.h"

#include <stdlib.h>

#include "model/findings/call_memory.h"
#include "model/findings/queue_memory.h"
#include "util/heap.h"

static void begin(struct model *m)
{
	m->go = go_growth__new();
	m->queues = queue_memory__new();
	m->held_calls = call_memory__new();
}

struct model *model__new(void)
{
	struct model *m = HEAP_NEW(struct model, 1);

	begin(m);
	return m;
}

void model__want_logs(struct model *m)
{
	m->logs = true;
}

void model__every_process(struct model *m)
{
	m->every_process = true;
}

void model__continue(struct model *m, uint64_t started_ns)
{
	m->started_ns = started_ns;
}

static void end(struct model *m)
{
	struct memory *k, *next;

	if (m->last)
		interval_report__release(&m->last->report);
	go_growth__free(m->go);
	queue_memory__free(m->queues);
	call_memory__free(m->held_calls);
	HASH_ITER(hh, m->memories, k, next)
	{
		HASH_DEL(m->memories, k);
		free(k);
	}
}

void model__free(struct model *m)
{
	if (m)
		end(m);
	free(m);
}

void model__begin_again(struct model *m)
{
	end(m);
	*m = (struct model){.logs = m->logs, .every_process = m->every_process};
	begin(m);
}

struct memory *model__memory(struct model *m, enum memory_kind kind, pid_t pid, uint64_t id)
{
	struct memory_key key = {.kind = kind, .pid = (uint64_t)pid, .id = id};
	struct memory *k;

	HASH_FIND(hh, m->memories, &key, sizeof(key), k);
	if (k)
		return k;
	k = HEAP_NEW(struct memory, 1);
	k->key = key;
	HASH_ADD(hh, m->memories, key, sizeof(k->key), k);
	return k;
}

void model__forget_process(struct model *m, pid_t pid)
{
	struct memory *k, *next;

	go_growth__forget(m->go, pid);
	queue_memory__forget(m->queues, pid);
	call_memory__forget(m->held_calls, pid);
	HASH_ITER(hh, m->memories, k, next)
	{
		/* cppcheck-suppress uninitvar ; it does not see through HASH_ITER */
		if (k->key.pid != (uint64_t)pid)
			continue;
		HASH_DEL(m->memories, k);
		free(k);
	}
}
