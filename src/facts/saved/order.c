// SPDX-License-Identifier: GPL-2.0-or-later
/* What the rows of a sample cannot say: the order of its lists, and two of its values. */
#include "facts/saved/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/heap.h"

/* A thousand CPUs busy with probes. */
#define MAX_BPF_NS_PER_S 1000000000000ull

#define COMPARE(a, b) ((a) < (b) ? -1 : (a) > (b))

static int by_process(const void *a, const void *b)
{
	const struct sample_process *x = a, *y = b;

	return COMPARE(x->pid, y->pid);
}

static int by_thread(const void *a, const void *b)
{
	const struct sample_thread *x = a, *y = b;

	return x->pid != y->pid ? COMPARE(x->pid, y->pid) : COMPARE(x->tid, y->tid);
}

static int by_creator(const void *a, const void *b)
{
	const struct sample_creator *x = a, *y = b;

	return x->pid != y->pid ? COMPARE(x->pid, y->pid) : COMPARE(x->stack_id, y->stack_id);
}

static int by_lock(const void *a, const void *b)
{
	const struct sample_lock *x = a, *y = b;

	return x->pid != y->pid ? COMPARE(x->pid, y->pid) : COMPARE(x->word, y->word);
}

static int by_file(const void *a, const void *b)
{
	const struct sample_file *x = a, *y = b;

	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static int by_mapped(const void *a, const void *b)
{
	const struct sample_mapped *x = a, *y = b;

	return x->pid != y->pid ? COMPARE(x->pid, y->pid) : strcmp(x->path, y->path);
}

static int by_live(const void *a, const void *b)
{
	const struct sample_go *x = a, *y = b;

	return COMPARE(x->pid, y->pid);
}

/* A list that is missing becomes one without elements; false: two have one key. */
static bool settle(void **list, size_t count, size_t size, int (*order)(const void *a, const void *b))
{
	const char *elements = *list;

	if (!elements) {
		*list = heap__array(1, size);
		return true;
	}
	qsort(*list, count, size, order);
	for (size_t i = 1; i < count; i++)
		if (!order(elements + (i - 1) * size, elements + i * size))
			return false;
	return true;
}
#define SETTLE(list, count, order) settle((void **)&(list), count, sizeof(*(list)), order)

static bool groups_are_right(const struct go_reading *r)
{
	for (size_t i = 0; r && i < r->group_count; i++)
		if (!r->groups[i].goid_count)
			return false;
	return true;
}

/* Of a process, each of them. */
static bool keys_are_right(const struct sample *s)
{
	for (size_t i = 0; i < s->file_count; i++)
		if (!s->files[i].key.tgid)
			return false;
	for (size_t i = 0; i < s->request_count; i++)
		if (!s->requests[i].key.tgid)
			return false;
	return true;
}

/* The list of goroutines is the reading's. */
static bool take_go_list(struct sample *s)
{
	if (!s->go_list_count)
		return true;
	for (size_t i = 0; i < s->go_list_count; i++)
		if (!s->go || s->go_list[i].group >= s->go->group_count)
			return false;
	s->go->list = s->go_list;
	s->go->list_count = s->go_list_count;
	return true;
}

int sample__settle(struct sample *s)
{
	if (!SETTLE(s->processes, s->process_count, by_process) ||
	    !SETTLE(s->threads, s->thread_count, by_thread) ||
	    !SETTLE(s->creators, s->creator_count, by_creator) || !SETTLE(s->locks, s->lock_count, by_lock) ||
	    !SETTLE(s->files, s->file_count, by_file))
		return -EINVAL;
	if (s->calls && !SETTLE(s->calls, s->call_count, sample_call__order))
		return -EINVAL;
	if (s->mapped && !SETTLE(s->mapped, s->mapped_count, by_mapped))
		return -EINVAL;
	if (s->live && !SETTLE(s->live, s->live_count, by_live))
		return -EINVAL;
	for (size_t i = 0; i < s->live_count; i++)
		if (!groups_are_right(s->live[i].report))
			return -EINVAL;
	if (s->bpf_ns_per_s > MAX_BPF_NS_PER_S && s->bpf_ns_per_s != UINT64_MAX)
		return -EINVAL;
	return keys_are_right(s) && groups_are_right(s->go) && take_go_list(s) ? 0 : -EINVAL;
}

bool sample__of_one_process(const struct sample *s)
{
	if (s->process_count != 1 || !s->exe || !s->cmdline)
		return false;
	for (size_t i = 0; i < s->thread_count; i++)
		if (s->threads[i].pid != s->processes[0].pid)
			return false;
	for (size_t i = 0; i < s->lock_count; i++)
		if (s->locks[i].pid != s->processes[0].pid)
			return false;
	return true;
}
