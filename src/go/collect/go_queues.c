// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/go_queues.h"

#include <stdlib.h>
#include <string.h>

#include "go/runtime/receivers.h"
#include "util/heap.h"
#include "util/table.h"

#define CHANNELS_MAX 65536 /* that are counted */

struct channel {
	uint64_t address;
	struct go_queue row;
	UT_hash_handle hh;
};

struct go_queues {
	struct channel *table;
	/* during the search for receivers */
	struct go_naming *naming;
	struct go_queue *list;
	unsigned rank[GO_QUEUES_MAX]; /* of the evidence of the readers so far */
};

struct go_queues *go_queues__new(void)
{
	return HEAP_NEW(struct go_queues, 1);
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
		row->readers[row->reader_count++] = go_reader__of(q->naming, go, found->pc);
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

void go_queues__find(struct go_queues *q, struct go_naming *n, struct go_reading *report)
{
	uint64_t channels[GO_QUEUES_MAX];
	struct channel *c, *next;
	size_t count = 0;

	if (!HASH_COUNT(q->table))
		return;
	q->list = ARENA_NEW(n->a, struct go_queue, HASH_COUNT(q->table));
	HASH_ITER(hh, q->table, c, next)
	q->list[count++] = c->row;
	qsort(q->list, count, sizeof(*q->list), by_senders);
	if (count > GO_QUEUES_MAX) {
		report->queues_more = count - GO_QUEUES_MAX;
		count = GO_QUEUES_MAX;
	}
	for (size_t i = 0; i < count; i++)
		channels[i] = q->list[i].address;
	q->naming = n;
	goroutines__receivers(n->r, channels, count, take_receiver, q);
	report->queues = q->list;
	report->queue_count = count;
}
