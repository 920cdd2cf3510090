/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The number of goroutines and of creations: one cheap reading per interval. */
#include <errno.h>
#include <stdlib.h>

#include "go/runtime/reader.h"
#include "util/heap.h"

#define TRIES 3

struct proc {
	uint64_t address;
	uint32_t free_gs;   /* dead g's kept for reuse */
	uint32_t timers[2]; /* in its heap, and of these those that are to be removed */
	uint64_t ids[2];    /* next goid to give out, and the end of those that it has drawn */
};

struct reading {
	uint8_t sched[GO_SCHED_BYTES];
	uint64_t gs, ids_after, procs_now;
	size_t count;
	bool timers_read;
	struct proc procs[GO_PROCS_MAX];
	uint64_t addresses[GO_PROCS_MAX];
	struct memory_piece pieces[3 + 3 * GO_PROCS_MAX];
};

/* Including Ps beyond the slice's end, from before GOMAXPROCS was lowered: they keep their drawn numbers. */
static int find_procs(const struct goroutines *r, struct reading *t)
{
	uint64_t slice[3], room;

	if (!r->allp || !go_memory__read(&r->memory, r->allp, slice, sizeof(slice)) ||
	    slice[1] > GO_PROCS_MAX)
		return -ENODATA;
	room = slice[2] >= slice[1] && slice[2] <= GO_PROCS_MAX ? slice[2] : slice[1];
	if (!go_memory__read(&r->memory, slice[0], t->addresses, room * 8))
		return -ENODATA;
	t->count = 0;
	t->procs_now = slice[1];
	for (uint64_t i = 0; i < room; i++)
		if (t->addresses[i])
			t->procs[t->count++].address = t->addresses[i];
	return 0;
}

static void piece(struct reading *t, size_t *n, uint64_t address, void *buf, size_t len)
{
	t->pieces[(*n)++] = (struct memory_piece){.address = address, .buf = buf, .len = len};
}

/* Two numbers: p.numTimers and p.deletedTimers, from 1.23 on those of p.timers: len and zombies, behind
 * {mu mutex; heap []timerWhen}. */
static uint64_t timers_at(const struct go_layout *l)
{
	if (l->off[GO_p_numTimers] >= 0)
		return (uint64_t)l->off[GO_p_numTimers];
	return (uint64_t)l->off[GO_p_timers] + 32;
}

static int read_once(const struct goroutines *r, struct reading *t)
{
	const int32_t *off = r->layout.off;
	size_t n = 0, needed;

	piece(t, &n, r->sched, t->sched, sizeof(t->sched));
	piece(t, &n, r->allgs + 8, &t->gs, 8);
	for (size_t i = 0; i < t->count; i++) {
		struct proc *p = &t->procs[i];

		piece(t, &n, p->address + (uint64_t)off[GO_p_gFree] + 8, &p->free_gs, 4);
		piece(t, &n, p->address + (uint64_t)off[GO_p_goidcache], p->ids, sizeof(p->ids));
	}
	piece(t, &n, r->sched + (uint64_t)off[GO_schedt_goidgen], &t->ids_after, 8);
	needed = n;
	for (size_t i = 0; i < t->count; i++)
		piece(t, &n, t->procs[i].address + timers_at(&r->layout), t->procs[i].timers,
		      sizeof(t->procs[i].timers));
	if (r->memory.read_many(r->memory.arg, t->pieces, n))
		return -ENODATA;
	t->timers_read = true;
	for (size_t i = 0; i < n; i++) {
		if (t->pieces[i].got == (ssize_t)t->pieces[i].len)
			continue;
		if (i < needed)
			return -ENODATA;
		t->timers_read = false;
	}
	return 0;
}

/* runtime.schedt (runtime2.go) has maxmcount, an int32, after mnext in each version. */
static void count_threads(const struct goroutines *r, const struct reading *t, struct goroutines_count *ret)
{
	int32_t mnext = r->layout.off[GO_schedt_mnext];
	uint32_t max = raw_u32(t->sched, mnext + 8);

	ret->threads = raw_u64(t->sched, mnext) - raw_u64(t->sched, r->layout.off[GO_schedt_nmfreed]);
	ret->threads_max = max;
	if (!r->layout.known || max > INT32_MAX || ret->threads > max)
		ret->threads = ret->threads_max = 0;
}

/* Like the others, they are not read at one instant. */
static void count_timers(const struct goroutines *r, const struct reading *t, struct goroutines_count *ret)
{
	ret->timers = 0;
	ret->timers_known = r->layout.known && t->timers_read;
	for (size_t i = 0; i < t->count; i++) {
		const uint32_t *n = t->procs[i].timers;

		ret->timers += n[0] > n[1] ? n[0] - n[1] : 0;
		ret->timers_known = ret->timers_known && n[0] <= INT32_MAX && n[1] <= INT32_MAX;
	}
}

static void work_out(const struct goroutines *r, const struct reading *t, struct goroutines_count *ret)
{
	uint64_t drawn = raw_u64(t->sched, r->layout.off[GO_schedt_goidgen]), unused = 0, gone;

	ret->system = raw_u32(t->sched, r->layout.off[GO_schedt_ngsys]);
	gone = go_sched__free_gs(r, t->sched) + ret->system;
	for (size_t i = 0; i < t->count; i++) {
		const uint64_t *ids = t->procs[i].ids;

		gone += t->procs[i].free_gs;
		if (ids[0] < ids[1] && ids[1] <= drawn + 1)
			unused += ids[1] - ids[0];
	}
	/* Like NumGoroutine: the counters are not read at one instant. */
	ret->count = t->gs > gone ? t->gs - gone : 1;
	ret->made = drawn > unused ? drawn - unused : 0;
	ret->procs = t->procs_now;
	count_threads(r, t, ret);
	count_timers(r, t, ret);
	ret->exact = r->layout.known && drawn == t->ids_after;
}

int goroutines__count(struct goroutines *r, struct goroutines_count *ret)
{
	struct reading *t;
	int err;

	if (!r->sched)
		return -ENODATA;
	t = heap__alloc(sizeof(*t));
	err = find_procs(r, t);
	for (int i = 0; !err && i < TRIES; i++) {
		err = read_once(r, t);
		if (!err)
			work_out(r, t, ret);
		if (!err && ret->exact)
			break;
	}
	free(t);
	return err;
}
