// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/go_queues.h"

#include <stdlib.h>
#include <string.h>

#include "go/runtime/receivers.h"
#include "go/collect/go_descriptors.h"
#include "util/heap.h"
#include "util/table.h"

#define CHANNELS_MAX 65536 /* that are counted */
#define INLINED_MAX  64

struct channel {
	uint64_t address;
	struct go_queue row;
	UT_hash_handle hh;
};

struct go_queues {
	struct probes *probes;
	struct channel *table;
	/* during the search for receivers */
	struct goroutines *r;
	const struct process *process;
	struct arena *a;
	go_thread_fn thread;
	void *thread_arg;
	struct go_queue *list;
	unsigned rank[GO_QUEUES_MAX];     /* of the evidence of the readers so far */
	struct frame frames[INLINED_MAX]; /* of the place that is being named */
};

struct go_queues *go_queues__new(struct probes *p)
{
	struct go_queues *q = HEAP_NEW(struct go_queues, 1);

	q->probes = p;
	return q;
}

void go_queues__free(struct go_queues *q)
{
	struct channel *c, *next;

	if (!q)
		return;
	HASH_ITER(hh, q->table, c, next)
	{
		HASH_DEL(q->table, c);
		free(c);
	}
	free(q);
}

void go_queues__add(struct go_queues *q, const struct goroutine *go, const struct go_row *row)
{
	const struct go_wait *w = &row->wait;
	struct channel *c;

	/* In a select, only a send waits for a channel with a full buffer. */
	bool sends = w->target == GO_TARGET_CHAN ? !strcmp(go->state, "chan send")
						 : w->target == GO_TARGET_SELECT && w->cap;

	if (!sends || !w->address || w->len < w->cap)
		return;
	HASH_FIND(hh, q->table, &w->address, sizeof(w->address), c);
	if (!c) {
		if (HASH_COUNT(q->table) == CHANNELS_MAX)
			return;
		c = HEAP_NEW(struct channel, 1);
		c->address = w->address;
		c->row = (struct go_queue){.address = w->address, .len = w->len, .cap = w->cap};
		HASH_ADD(hh, q->table, address, sizeof(c->address), c);
	}
	c->row.senders++;
	c->row.wait_known = c->row.wait_known || row->wait_known;
	if (row->wait_known && row->wait_ns > c->row.wait_max_ns)
		c->row.wait_max_ns = row->wait_ns;
	if ((row->wait_least || row->wait_exact) && row->wait_ns > c->row.wait_sure_ns)
		c->row.wait_sure_ns = row->wait_ns;
}

/* ---- receivers -------------------------------------------------------------------- */

static const char *evidence_word(enum goroutine_evidence e)
{
	static const char *const words[] = {[GOROUTINE_IN_FRAME] = "frame",
					    [GOROUTINE_IN_VARIABLE] = "variable",
					    [GOROUTINE_IN_OBJECT] = "object"};

	return words[e];
}

/* The outermost function at that address that Go's own traceback shows; others may be inlined into it. */
static const char *function_at(struct go_queues *q, uint64_t pc)
{
	struct frame *frames = q->frames;
	struct goroutine_stack at = {.pcs = &pc, .count = 1};
	size_t count = goroutines__frames(q->r, &at, frames, INLINED_MAX);

	count = count > INLINED_MAX ? INLINED_MAX : count;
	for (size_t i = count; i-- > 0;)
		if (frames[i].function && !frames[i].hidden)
			return arena__string(q->a, frames[i].function);
	return count && *frames[count - 1].function ? arena__string(q->a, frames[count - 1].function) : NULL;
}

/* Its innermost frames. */
static struct call_stack stack_of(struct go_queues *q, const struct goroutine_stack *from)
{
	size_t count = goroutines__frames(q->r, from, q->frames, INLINED_MAX), kept = 0;
	struct frame *frames;

	count = count > INLINED_MAX ? INLINED_MAX : count;
	frames = ARENA_NEW(q->a, struct frame, count + 1);
	for (size_t i = 0; i < count; i++)
		if (!q->frames[i].hidden)
			frames[kept++] = frame__copy(q->a, &q->frames[i]);
	return (struct call_stack){
		.frames = frames, .count = kept, .end = count < INLINED_MAX ? from->end : STACK_TRUNCATED};
}

static struct go_reader reader_of(struct go_queues *q, const struct goroutine *go, uint64_t pc)
{
	struct go_reader one = {.goid = go->goid,
				.state = arena__string(q->a, go->state),
				.tid = q->thread(go, q->thread_arg),
				.wait = {.fd = -1}};

	/* Of a system call the runtime does not know when it began: the thread may. */
	if (go->status != GOROUTINE_SYSCALL) {
		one.wait_known = go->wait_known;
		one.wait_ns = go->wait_ns;
	}

	one.function = function_at(q, pc);
	one.stack = stack_of(q, go->stack);
	if (go->wait.target == GO_TARGET_FD && go->wait.fd >= 0) {
		one.wait = (struct go_wait){
			.target = GO_TARGET_FD, .fd = go->wait.fd, .fd_write = go->wait.fd_write};
		go_descriptor__name(&one.wait, go, q->r, q->probes, q->process, q->a);
	}
	return one;
}

/* Only receivers with the best available evidence; weaker evidence would include wrong ones. */
static int take_receiver(const struct goroutine *go, const struct goroutine_receiver *found, void *arg)
{
	struct go_queues *q = arg;
	struct go_queue *row = &q->list[found->channel];
	unsigned rank = found->evidence + (found->likely ? GOROUTINE_IN_OBJECT + 1 : 0);

	/* It waits to send to that very channel. */
	if (go->wait.address == row->address && go->wait.target != GO_TARGET_FD)
		return 0;
	if (row->reader_count && rank > q->rank[found->channel])
		return 0;
	if (!row->reader_count || rank < q->rank[found->channel]) {
		row->reader_count = 0;
		row->readers_more = 0;
		row->evidence = evidence_word(found->evidence);
		row->likely = found->likely;
		q->rank[found->channel] = rank;
	}
	if (row->reader_count < QUEUE_READERS)
		row->readers[row->reader_count++] = reader_of(q, go, found->pc);
	else
		row->readers_more++;
	return 0;
}

/* ---- the search ------------------------------------------------------------------- */

static int by_senders(const void *a, const void *b)
{
	const struct go_queue *x = a, *y = b;

	if (x->senders != y->senders)
		return x->senders > y->senders ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

void go_queues__find(struct go_queues *q, struct goroutines *r, const struct process *p, struct arena *a,
		     go_thread_fn thread, void *arg, struct go_reading *report)
{
	uint64_t channels[GO_QUEUES_MAX];
	struct channel *c, *next;
	size_t count = 0;

	if (!HASH_COUNT(q->table))
		return;
	q->list = ARENA_NEW(a, struct go_queue, HASH_COUNT(q->table));
	HASH_ITER(hh, q->table, c, next)
	q->list[count++] = c->row;
	qsort(q->list, count, sizeof(*q->list), by_senders);
	if (count > GO_QUEUES_MAX) {
		report->queues_more = count - GO_QUEUES_MAX;
		count = GO_QUEUES_MAX;
	}
	for (size_t i = 0; i < count; i++)
		channels[i] = q->list[i].address;
	q->r = r;
	q->process = p;
	q->a = a;
	q->thread = thread;
	q->thread_arg = arg;
	goroutines__receivers(r, channels, count, take_receiver, q);
	report->queues = q->list;
	report->queue_count = count;
}
