/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goroutines that have not run since the last reading: their stacks are unchanged. A g's wait stamp is
 * cleared when it runs, and set later by the collector; the same stamp and the same count of runs prove that
 * it did not run.
 */
#include <stdlib.h>
#include <string.h>

#include "go/runtime/batch.h"
#include "util/array.h"
#include "util/heap.h"

#define KNOWN_MAX (2u << 20) /* goroutines; further ones are read each time */

struct known {
	uint64_t goid; /* 0: nobody */
	uint64_t stamp;
	uint64_t semaphore; /* that it waits on; 0: another wait, or unknown */
	const struct goroutine_stack *stack;
	uint8_t runs;
	bool system;
};

struct go_known {
	struct known *list; /* by place in the runtime's list */
	size_t room;
};

void go_known__forget(struct go_known *k)
{
	if (k && k->room)
		memset(k->list, 0, k->room * sizeof(*k->list));
}

void go_known__free(struct go_known *k)
{
	if (k)
		free(k->list);
	free(k);
}

static uint64_t stamp_of(const struct goroutines *r, const struct go_slot *s)
{
	return raw_u64(s->before, r->layout.off[GO_g_waitsince]);
}

static bool is_same(const struct goroutines *r, const struct known *k, const struct go_slot *s)
{
	return k->goid && k->goid == raw_u64(s->before, r->layout.off[GO_g_goid]) &&
	       k->runs == s->before[r->layout.off[GO_g_trackingSeq]] && k->stamp == stamp_of(r, s) &&
	       go_status__waits(go_slot__status(r, s->before));
}

void go_known__settle(struct goroutines *r, struct go_batch *b)
{
	for (size_t i = 0; r->known && b->want & GOROUTINES_KNOWN && i < b->count; i++) {
		struct go_slot *s = &b->slots[i];
		const struct known *k = s->index < r->known->room ? &r->known->list[s->index] : NULL;

		/* The contents of a channel change while they wait to send to it. */
		if (s->skip || !k || !is_same(r, k, s) || go_slot__reason_is(r, s, "chan send"))
			continue;
		s->wait = (struct go_wait){.fd = -1, .address = k->semaphore};
		s->wait.target = k->semaphore ? GO_TARGET_SEMAPHORE : GO_TARGET_NONE;
		s->m_id = s->m_procid = 0;
		go_slot__fill(r, b, s);
		s->g.stack = k->stack;
		s->g.system = k->system;
	}
}

static struct known *entry_of(struct goroutines *r, uint64_t index)
{
	struct go_known *k = r->known ? r->known : (r->known = HEAP_NEW(struct go_known, 1));
	size_t before = k->room;

	if (index >= KNOWN_MAX)
		return NULL;
	ARRAY_RESERVE(k->list, k->room, index + 1);
	if (k->room > before)
		memset(k->list + before, 0, (k->room - before) * sizeof(*k->list));
	return &k->list[index];
}

void go_known__keep(struct goroutines *r, const struct go_batch *b)
{
	for (size_t i = 0; b->want & GOROUTINES_KNOWN && i < b->count; i++) {
		const struct go_slot *s = &b->slots[i];
		struct known *k = s->skip ? NULL : entry_of(r, s->index);

		if (!k)
			continue;
		*k = (struct known){0};
		if (!s->settled || s->g.moved || !s->g.stack->count || !stamp_of(r, s) ||
		    !go_status__waits(go_slot__status(r, s->before)))
			continue;
		*k = (struct known){.goid = s->g.goid,
				    .stamp = stamp_of(r, s),
				    .semaphore =
					    s->g.wait.target == GO_TARGET_SEMAPHORE ? s->g.wait.address : 0,
				    .stack = s->g.stack,
				    .runs = s->g.tracking_seq,
				    .system = s->g.system};
	}
}
