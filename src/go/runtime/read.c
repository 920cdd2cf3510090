/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads all goroutines, one batch at a time. The runtime's list only grows, and its g's are never freed. */
#include <errno.h>

#include "go/runtime/batch.h"
#include "util/clock.h"

struct list { /* runtime.allgs */
	uint64_t array, len, room;
};

static bool read_list(const struct goroutines *r, struct list *ret)
{
	return go_memory__read(&r->memory, r->allgs, ret, sizeof(*ret)) && ret->len <= ret->room;
}

/* The addresses [at, at + n) of the list; read again if the runtime has moved it meanwhile. */
static bool read_addresses(const struct goroutines *r, struct list *l, uint64_t at, size_t n, uint64_t *ret)
{
	for (int i = 0; i < 4; i++) {
		uint64_t array = l->array;
		bool whole = go_memory__read(&r->memory, array + at * 8, ret, n * 8);

		if (!read_list(r, l))
			return false;
		if (l->array == array)
			return whole;
	}
	return false;
}

static int report(struct go_batch *b, goroutine_fn fn, void *arg)
{
	for (size_t i = 0; i < b->count; i++)
		if (!b->slots[i].skip) {
			int err = fn(&b->slots[i].g, arg);

			if (err)
				return err;
		}
	return 0;
}

static void start(struct go_batch *b, unsigned want, uint64_t total)
{
	b->now_ns = monotonic_ns();
	b->want = want;
	b->stack_bytes = 0;
	b->total = total < GOROUTINES_MAX ? total : GOROUTINES_MAX;
	go_semaphores__free(b->semaphores); /* of the last reading */
	b->semaphores = NULL;
}

bool goroutines__stays(struct goroutines *r, uint64_t address, uint64_t goid, uint8_t tracking_seq)
{
	uint64_t goid_now;
	uint8_t seq_now;

	return go_memory__read(&r->memory, address + (uint64_t)r->layout.off[GO_g_trackingSeq], &seq_now,
			       sizeof(seq_now)) &&
	       go_memory__u64(&r->memory, address + (uint64_t)r->layout.off[GO_g_goid], &goid_now) &&
	       seq_now == tracking_seq && goid_now == goid;
}

int goroutines__read_some(struct goroutines *r, const struct go_listed *list, size_t count, unsigned want,
			  goroutine_fn fn, void *arg)
{
	struct goroutines_lost lost = {0};
	int err = 0;

	if (!r->batch)
		r->batch = go_batch__new();
	start(r->batch, want, count);
	for (size_t at = 0; at < count && !err;) {
		size_t n = count - at < GO_BATCH ? count - at : GO_BATCH;

		for (size_t i = 0; i < n; i++) {
			r->batch->slots[i].index = list[at + i].index;
			r->batch->slots[i].address = list[at + i].address;
		}
		r->batch->count = n;
		go_batch__read(r, r->batch, &lost);
		err = report(r->batch, fn, arg);
		at += n;
	}
	return err;
}

int goroutines__read(struct goroutines *r, unsigned want, goroutine_fn fn, void *arg,
		     struct goroutines_lost *ret_lost)
{
	struct goroutines_lost lost = {0};
	uint64_t addresses[GO_BATCH];
	struct list l;
	int err = 0;

	if (!r->batch)
		r->batch = go_batch__new();
	if (!read_list(r, &l))
		return -ENODATA;
	start(r->batch, want, l.len);
	for (uint64_t at = 0; at < l.len && !err;) {
		size_t n = l.len - at < GO_BATCH ? (size_t)(l.len - at) : GO_BATCH;

		if (at >= GOROUTINES_MAX) {
			lost.more = l.len - at;
			break;
		}
		if (!read_addresses(r, &l, at, n, addresses)) {
			/* The list ends before its length: hostile, or the program has ended. */
			lost.more = l.len - at;
			err = at ? 0 : -ENODATA;
			break;
		}
		for (size_t i = 0; i < n; i++) {
			r->batch->slots[i].index = at + i;
			r->batch->slots[i].address = addresses[i];
		}
		r->batch->count = n;
		go_batch__read(r, r->batch, &lost);
		err = report(r->batch, fn, arg);
		at += n;
	}
	if (ret_lost)
		*ret_lost = lost;
	return err;
}
