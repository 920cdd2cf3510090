/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers in the heaps of the Ps, runtime/time.go. Go 1.17 to 1.22: p.timers []*timer. From 1.23 on p.timers
 * is a struct {mu mutex; heap []timerWhen; ...}, and timerWhen is {timer *timer; when int64}.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "go/runtime/reader.h"
#include "util/array.h"
#include "util/table.h"

#define CHUNK       128  /* timers at a time */
#define TIMER_BYTES 96   /* sizeof runtime.timer, at most */
#define KINDS_MAX   1024 /* further ones are counted together */

/* Of timer.status, up to 1.22; those that are to be removed lie in the heap a while longer. */
enum {
	TIMER_WAITING = 1,
	TIMER_RUNNING = 2,
	TIMER_MODIFYING = 6,
	TIMER_MOVING = 9,
};
#define TIMER_ZOMBIE 4 /* of timer.state, from 1.23 on: the same */

struct listed {
	uint64_t address, owner; /* what it must refer to: its P, or that one's timers */
};

struct key {
	uint64_t function, runs; /* code addresses; 0: not known, or none */
	uint64_t periodic;
};

struct kind {
	struct key key;
	uint64_t count;
	UT_hash_handle hh;
};

struct counting {
	struct goroutines *r;
	struct listed *list;
	size_t count, room;
	struct kind *kinds;
	uint64_t total, belong, more;
};

/* ---- the heaps --------------------------------------------------------------------- */

static bool take_heap(struct counting *c, uint64_t proc)
{
	const int32_t *off = c->r->layout.off;
	bool pairs = off[GO_timer_ts] >= 0;
	uint64_t at = proc + (uint64_t)off[GO_p_timers], slice[3], words[2 * CHUNK];
	size_t stride = pairs ? 2 : 1;

	if (!go_memory__read(&c->r->memory, at + (pairs ? 8 : 0), slice, sizeof(slice)) ||
	    slice[1] > slice[2] || slice[1] > GO_TIMERS_MAX - c->count)
		return false;
	for (uint64_t i = 0, n; i < slice[1]; i += n) {
		n = slice[1] - i < CHUNK ? slice[1] - i : CHUNK;
		if (!go_memory__read(&c->r->memory, slice[0] + i * stride * 8, words, n * stride * 8))
			return false;
		for (uint64_t k = 0; k < n; k++)
			*ARRAY_ADD(c->list, c->count, c->room) =
				(struct listed){words[k * stride], pairs ? at : proc};
	}
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->owner < y->owner ? -1 : x->owner > y->owner;
}

/* A heap that changes while it is read may have one twice. */
static void sort(struct counting *c)
{
	size_t kept = 0;

	if (c->count)
		qsort(c->list, c->count, sizeof(*c->list), by_address);
	for (size_t i = 0; i < c->count; i++)
		if (!kept || by_address(&c->list[kept - 1], &c->list[i]))
			c->list[kept++] = c->list[i];
	c->count = kept;
}

/* ---- one after the other ------------------------------------------------------------- */

static bool waits(const struct go_layout *l, const uint8_t *timer)
{
	uint32_t status;

	if (l->off[GO_timer_state] >= 0)
		return !(timer[l->off[GO_timer_state]] & TIMER_ZOMBIE);
	status = raw_u32(timer, l->off[GO_timer_status]);
	return status == TIMER_WAITING || status == TIMER_RUNNING ||
	       (status >= TIMER_MODIFYING && status <= TIMER_MOVING);
}

static bool is_go_func(struct goroutines *r, uint64_t pc)
{
	struct frame f;

	return goroutines__code(r, pc, false, &f) && f.function && !strcmp(f.function, "time.goFunc");
}

static void add(struct counting *c, const struct key *key)
{
	struct kind *k;

	c->total++;
	HASH_FIND(hh, c->kinds, key, sizeof(*key), k);
	if (!k && HASH_COUNT(c->kinds) >= KINDS_MAX) {
		c->more++;
		return;
	}
	if (!k) {
		k = HEAP_NEW(struct kind, 1);
		k->key = *key;
		HASH_ADD(hh, c->kinds, key, sizeof(k->key), k);
	}
	k->count++;
}

/* The words at these addresses; 0: not readable. */
static void read_words(struct goroutines *r, const uint64_t *addresses, uint64_t *ret, size_t n)
{
	struct memory_piece pieces[CHUNK];

	for (size_t i = 0; i < n; i++) {
		ret[i] = 0;
		pieces[i] = (struct memory_piece){.address = addresses[i], .buf = &ret[i], .len = 8};
	}
	r->memory.read_many(r->memory.arg, pieces, n);
	for (size_t i = 0; i < n; i++)
		if (pieces[i].got != 8)
			ret[i] = 0;
}

/* A value of a function points to its code address. */
static void take_chunk(struct counting *c, const struct listed *list, size_t n)
{
	const struct go_layout *l = &c->r->layout;
	int32_t owner = l->off[GO_timer_ts] >= 0 ? l->off[GO_timer_ts] : l->off[GO_timer_pp];
	uint8_t timers[CHUNK][TIMER_BYTES];
	uint64_t values[CHUNK], pcs[CHUNK], runs[CHUNK];
	struct memory_piece pieces[CHUNK];
	bool ours[CHUNK];

	for (size_t i = 0; i < n; i++)
		pieces[i] = (struct memory_piece){
			.address = list[i].address, .buf = timers[i], .len = (size_t)l->off[GO_sizeof_timer]};
	c->r->memory.read_many(c->r->memory.arg, pieces, n);
	for (size_t i = 0; i < n; i++) {
		ours[i] = pieces[i].got == l->off[GO_sizeof_timer] &&
			  raw_u64(timers[i], owner) == list[i].owner;
		values[i] = ours[i] ? raw_u64(timers[i], l->off[GO_timer_f]) : 0;
		c->belong += ours[i];
	}
	read_words(c->r, values, pcs, n);
	for (size_t i = 0; i < n; i++) /* arg is an interface {type, data}; of a function its value */
		values[i] = ours[i] && is_go_func(c->r, pcs[i]) ? raw_u64(timers[i], l->off[GO_timer_arg] + 8)
								: 0;
	read_words(c->r, values, runs, n);
	for (size_t i = 0; i < n; i++)
		if (ours[i] && waits(l, timers[i]))
			add(c, &(struct key){pcs[i], runs[i],
					     (int64_t)raw_u64(timers[i], l->off[GO_timer_period]) > 0});
}

/* ---- the result ------------------------------------------------------------------------ */

static int by_count(const void *a, const void *b)
{
	const struct kind *x = *(struct kind *const *)a, *y = *(struct kind *const *)b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static const char *name(struct goroutines *r, struct arena *a, uint64_t pc)
{
	struct frame f;

	return pc && goroutines__code(r, pc, false, &f) && f.function ? arena__string(a, f.function) : NULL;
}

static void finish(struct counting *c, struct arena *a, struct go_timers *ret)
{
	struct kind **order = HEAP_NEW(struct kind *, HASH_COUNT(c->kinds) + 1), *k, *next;
	size_t count = 0;

	HASH_ITER(hh, c->kinds, k, next)
	{
		/* cppcheck-suppress uninitvar ; it does not see through HASH_ITER */
		order[count++] = k;
	}
	if (count)
		qsort(order, count, sizeof(struct kind *), by_count);
	*ret = (struct go_timers){.known = true, .total = c->total, .more = c->more};
	for (size_t i = 0; i < count; i++) {
		const struct key *key = &order[i]->key;
		const char *function = name(c->r, a, key->function);

		if (i < TIMER_KINDS)
			ret->kinds[ret->kind_count++] =
				(struct go_timer_kind){.function = function ? function : "",
						       .runs = name(c->r, a, key->runs),
						       .periodic = key->periodic,
						       .count = order[i]->count};
		else
			ret->more += order[i]->count;
	}
	free(order);
}

static void drop(struct counting *c)
{
	struct kind *k, *next;

	HASH_ITER(hh, c->kinds, k, next)
	{
		/* cppcheck-suppress uninitvar */
		HASH_DEL(c->kinds, k);
		free(k);
	}
	free(c->list);
}

/* Most of them refer to their heap; some may move meanwhile. A newer version is read with the last layout. */
static bool fits(const struct counting *c)
{
	return c->count ? c->belong * 2 > c->count : c->r->layout.known;
}

int goroutines__timers(struct goroutines *r, struct arena *a, struct go_timers *ret)
{
	uint64_t *procs = HEAP_NEW(uint64_t, GO_PROCS_MAX), count = 0;
	struct counting c = {.r = r};
	int err =
		r->layout.off[GO_sizeof_timer] <= TIMER_BYTES ? go_sched__procs(r, procs, &count) : -ENODATA;

	for (uint64_t i = 0; !err && i < count; i++)
		if (!take_heap(&c, procs[i]))
			err = -ENODATA;
	sort(&c);
	for (size_t i = 0; !err && i < c.count; i += CHUNK)
		take_chunk(&c, &c.list[i], c.count - i < CHUNK ? c.count - i : CHUNK);
	if (!err && !fits(&c))
		err = -ENODATA;
	if (!err)
		finish(&c, a, ret);
	drop(&c);
	free(procs);
	return err;
}
