/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scheduler's own counters. */
#include <errno.h>
#include <stdlib.h>

#include "go/runtime/reader.h"
#include "util/heap.h"

struct procs {
	uint64_t count;
	uint64_t addresses[GO_PROCS_MAX];
	uint64_t values[GO_PROCS_MAX];
	struct memory_piece pieces[GO_PROCS_MAX];
};

int go_sched__procs(const struct goroutines *r, uint64_t *ret, uint64_t *ret_count)
{
	uint64_t slice[3];

	if (!r->allp || !go_memory__read(&r->memory, r->allp, slice, sizeof(slice)) ||
	    slice[1] > GO_PROCS_MAX || !go_memory__read(&r->memory, slice[0], ret, slice[1] * 8))
		return -ENODATA;
	*ret_count = slice[1];
	return 0;
}

/* The value of size bytes at that offset of each P. */
static int read_each(const struct goroutines *r, struct procs *p, int32_t offset, size_t size)
{
	for (uint64_t i = 0; i < p->count; i++) {
		p->values[i] = 0;
		p->pieces[i] = (struct memory_piece){
			.address = p->addresses[i] + (uint64_t)offset, .buf = &p->values[i], .len = size};
	}
	if (r->memory.read_many(r->memory.arg, p->pieces, p->count))
		return -ENODATA;
	for (uint64_t i = 0; i < p->count; i++)
		if (p->pieces[i].got != (ssize_t)size)
			return -ENODATA;
	return 0;
}

static int read_sched(const struct goroutines *r, uint8_t *sched, size_t size)
{
	return r->sched && go_memory__read(&r->memory, r->sched, sched, size) ? 0 : -ENODATA;
}

uint64_t go_sched__free_gs(const struct goroutines *r, const uint8_t *sched)
{
	int32_t at = r->layout.off[GO_schedt_gFree];

	/* From 1.25 on each list has its own size. */
	if (r->layout.minor < 25)
		return raw_u32(sched, at + 24);
	return (uint64_t)raw_u32(sched, at + 16) + raw_u32(sched, at + 32);
}

static int count(const struct goroutines *r, const uint8_t *sched, struct procs *p, uint64_t *ret)
{
	uint64_t total, gone = go_sched__free_gs(r, sched) + raw_u32(sched, r->layout.off[GO_schedt_ngsys]);

	if (!go_memory__u64(&r->memory, r->allgs + 8, &total) ||
	    read_each(r, p, r->layout.off[GO_p_gFree] + 8, 4))
		return -ENODATA;
	for (uint64_t i = 0; i < p->count; i++)
		gone += p->values[i];
	/* Like NumGoroutine: the counters are not read at one instant. */
	*ret = total > gone ? total - gone : 1;
	return 0;
}

/* Runnable goroutines in the Ps' own queues, including the next one of each. */
static int count_queued(const struct goroutines *r, struct procs *p, uint64_t *ret)
{
	*ret = 0;
	if (read_each(r, p, r->layout.off[GO_p_runqhead], 8)) /* head, tail: neighbours */
		return -ENODATA;
	for (uint64_t i = 0; i < p->count; i++) {
		uint32_t queued = (uint32_t)(p->values[i] >> 32) - (uint32_t)p->values[i];

		*ret += queued <= 256 ? queued : 0; /* read while it changed: at most its capacity */
	}
	if (read_each(r, p, r->layout.off[GO_p_runnext], 8))
		return -ENODATA;
	for (uint64_t i = 0; i < p->count; i++)
		*ret += p->values[i] != 0;
	return 0;
}

int goroutines__scheduler(struct goroutines *r, struct go_scheduler *ret)
{
	const int32_t *off = r->layout.off;
	struct procs *p = heap__alloc(sizeof(*p));
	uint8_t sched[GO_SCHED_BYTES];
	uint32_t phase;
	int err = go_sched__procs(r, p->addresses, &p->count);

	if (!err)
		err = read_sched(r, sched, sizeof(sched));
	if (!err)
		err = count(r, sched, p, &ret->goroutines);
	if (!err)
		err = count_queued(r, p, &ret->queued_local);
	if (!err) {
		ret->known = true;
		ret->system = raw_u32(sched, off[GO_schedt_ngsys]);
		ret->procs = p->count;
		ret->idle_procs = raw_u32(sched, off[GO_schedt_npidle]);
		ret->threads = raw_u64(sched, off[GO_schedt_mnext]) - raw_u64(sched, off[GO_schedt_nmfreed]);
		ret->idle_threads = raw_u32(sched, off[GO_schedt_nmidle]);
		ret->queued_global = raw_u32(sched, off[GO_schedt_runq] + 16);
		ret->gc_known = r->image.gcphase && go_memory__read(&r->memory, r->image.gcphase, &phase, 4);
		ret->gc_running =
			raw_u32(sched, off[GO_schedt_gcwaiting]) != 0 || (ret->gc_known && phase != 0);
	}
	free(p);
	return err;
}
