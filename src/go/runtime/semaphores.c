/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before Go 1.26 a goroutine does not record its semaphore: the waiters are in runtime.semtable, 251 trees of
 * sudogs by address (runtime/sema.go).
 */
#include "go/runtime/semaphores.h"

#include <stdlib.h>

#include "go/runtime/batch.h"
#include "util/array.h"
#include "util/heap.h"
#include "util/u64_table.h"

#define ROOTS       251
#define ROUND       512 /* sudogs read together */
#define SUDOG_BYTES 128
#define STRIDE_MAX  256
#define SCAN_MAX    (64u << 20)

struct go_semaphores {
	struct u64_table waiters; /* of uint64_t, the sudog, by g */
};

void go_semaphores__free(struct go_semaphores *s)
{
	if (s)
		u64_table__free(&s->waiters);
	free(s);
}

uint64_t go_semaphores__sudog(const struct go_semaphores *s, uint64_t g)
{
	const uint64_t *found = s ? u64_table__find(&s->waiters, sizeof(*found), g) : NULL;

	return found ? *found : 0;
}

/* ---- walking the trees --------------------------------------------------------------- */

struct walk {
	struct goroutines *r;
	struct go_semaphores *s;
	struct u64_table seen; /* sudogs: no data of its own */
	uint64_t *queue;
	size_t count, room, max;
};

static bool push(struct walk *w, uint64_t sudog)
{
	bool made;

	if (!sudog || sudog & 7)
		return true;
	if (w->seen.count >= w->max)
		return false;
	u64_table__get(&w->seen, 1, sudog, &made);
	if (!made)
		return true; /* a cycle, or it moved while it was read */
	*ARRAY_ADD(w->queue, w->count, w->room) = sudog;
	return true;
}

static bool visit(struct walk *w, uint64_t address, const uint8_t *sudog)
{
	const int32_t *off = w->r->layout.off;
	uint64_t *keep, g = raw_u64(sudog, off[GO_sudog_g]);
	bool made;

	if (g) {
		keep = u64_table__get(&w->s->waiters, sizeof(*keep), g, &made);
		*keep = address;
	}
	return push(w, raw_u64(sudog, off[GO_sudog_prev])) && push(w, raw_u64(sudog, off[GO_sudog_next])) &&
	       push(w, raw_u64(sudog, off[GO_sudog_waitlink]));
}

static void walk_all(struct walk *w)
{
	size_t size = (size_t)w->r->layout.off[GO_sizeof_sudog];
	struct memory_piece pieces[ROUND];
	uint64_t addresses[ROUND];
	uint8_t *bytes = heap__alloc((size_t)ROUND * SUDOG_BYTES);
	bool going = true;

	while (going && w->count) {
		size_t n = 0;

		while (w->count && n < ROUND) {
			addresses[n] = w->queue[--w->count];
			pieces[n] = (struct memory_piece){
				.address = addresses[n], .buf = bytes + n * SUDOG_BYTES, .len = size};
			n++;
		}
		w->r->memory.read_many(w->r->memory.arg, pieces, n);
		for (size_t i = 0; i < n && going; i++)
			if (go_piece__whole(&pieces[i]))
				going = visit(w, addresses[i], pieces[i].buf);
	}
	free(bytes);
}

/* ---- where the table is ---------------------------------------------------------------- */

static uint64_t root_of(const uint8_t *table, int stride, unsigned i)
{
	return raw_u64(table, (int32_t)i * stride + 8); /* {lock, treap, nwait u32} */
}

/* As many roots with a tree as with waiters, except for a few that change meanwhile. */
static bool is_table(const uint8_t *table, int stride)
{
	unsigned odd = 0;

	for (unsigned i = 0; i < ROOTS; i++) {
		uint64_t root = root_of(table, stride, i);
		uint32_t waiting = raw_u32(table, (int32_t)i * stride + 16);

		if (root & 7 || (root && root < 4096))
			return false;
		odd += (root != 0) != (waiting != 0);
	}
	return odd < 8;
}

/* A root points to a sudog without a parent, of a goroutine that is one. */
static bool is_root(struct goroutines *r, uint64_t sudog, uint64_t *ret_address)
{
	const int32_t *off = r->layout.off;
	uint8_t raw[SUDOG_BYTES], g[GO_G_BYTES];
	uint64_t owner;

	if (!go_memory__read(&r->memory, sudog, raw, (size_t)off[GO_sizeof_sudog]) ||
	    raw_u64(raw, off[GO_sudog_parent]) || raw_u64(raw, off[GO_sudog_c]))
		return false;
	owner = raw_u64(raw, off[GO_sudog_g]);
	*ret_address = raw_u64(raw, off[GO_sudog_elem]);
	return owner && *ret_address && !(owner & 7) &&
	       go_memory__read(&r->memory, owner, g, (size_t)off[GO_sizeof_g]) && go_g__is(r, g, owner);
}

static uint64_t scan_table(struct goroutines *r, const uint8_t *bss, size_t len)
{
	int stride = r->layout.semtable_stride;

	for (size_t at = 8; at + 8 <= len; at += 8) {
		uint64_t word = raw_u64(bss, (int32_t)at), address;
		size_t before;

		if (word < 4096 || word & 7 || word >> 48 || !is_root(r, word, &address))
			continue;
		before = (size_t)((address >> 3) % ROOTS) * (size_t)stride + 8;
		if (at >= before && at - before + (size_t)stride * ROOTS <= len &&
		    is_table(bss + (at - before), stride))
			return r->module.bss + (at - before);
	}
	return 0;
}

/* A stripped program has no symbol for the table: the semaphores' addresses give the row of their waiters. */
static void find_table(struct goroutines *r)
{
	size_t len = (size_t)(r->module.ebss - r->module.bss);
	uint8_t *bss;
	ssize_t got;

	if (len > SCAN_MAX)
		len = SCAN_MAX;
	bss = heap__alloc(len + 8);
	got = r->memory.read(r->memory.arg, r->module.bss, bss, len);
	if (got > 0)
		r->semtable = scan_table(r, bss, (size_t)got);
	free(bss);
}

struct go_semaphores *go_semaphores__read(struct goroutines *r, uint64_t goroutine_count)
{
	int stride = r->layout.semtable_stride;
	struct walk w = {.r = r, .s = HEAP_NEW(struct go_semaphores, 1), .max = goroutine_count * 2 + ROOTS};
	uint8_t table[ROOTS * STRIDE_MAX];

	if (!r->semtable)
		find_table(r);
	if (r->semtable && stride > 0 && stride <= STRIDE_MAX &&
	    go_memory__read(&r->memory, r->semtable, table, (size_t)stride * ROOTS)) {
		for (unsigned i = 0; i < ROOTS; i++)
			push(&w, root_of(table, stride, i));
		walk_all(&w);
	}
	u64_table__free(&w.seen);
	free(w.queue);
	return w.s;
}
