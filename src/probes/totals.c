// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads and clears the maps with the BPF side's sums. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "device_writers.skel.h"
#include "probes/probes_private.h"
#include "util/array.h"

#define BATCH 256

struct reading {
	struct probes *probes;
	const struct totals_sink *sink;
};
typedef void (*row_fn)(const struct reading *r, const void *key, const void *value);

/* Batches (5.6, commit 057996380a42): a system call for 256 rows. */
static int read_map(struct probes *p, const struct bpf_map *map, const struct totals_sink *sink, row_fn fn)
{
	size_t key_size = bpf_map__key_size(map), value_size = bpf_map__value_size(map);
	__u32 batch = BATCH, count;
	const struct reading r = {p, sink};
	__u64 place = 0;
	bool first = true;
	int err;

	for (;;) {
		p->keys = array__reserve(p->keys, &p->keys_size, batch * key_size, 1);
		p->values = array__reserve(p->values, &p->values_size, batch * value_size, 1);
		count = batch;
		err = bpf_map_lookup_batch(bpf_map__fd(map), first ? NULL : &place, &place, p->keys,
					   p->values, &count, NULL);
		if (err && errno == ENOSPC && batch < (1u << 20)) {
			batch *= 2; /* one hash bucket holds more than a batch */
			continue;
		}
		if (err && errno != ENOENT)
			return -errno;
		for (size_t i = 0; i < count; i++)
			fn(&r, (char *)p->keys + i * key_size, (char *)p->values + i * value_size);
		if (err)
			return 0;
		first = false;
	}
}

static void process_row(const struct reading *r, const void *key, const void *value)
{
	uint32_t tgid;

	memcpy(&tgid, key, sizeof(tgid));
	r->sink->process(r->sink->arg, tgid, value);
}

static void creator_row(const struct reading *r, const void *key, const void *value)
{
	r->sink->creator(r->sink->arg, key, value);
}

static void lock_row(const struct reading *r, const void *key, const void *value)
{
	r->sink->lock(r->sink->arg, key, value);
}

static void file_row(const struct reading *r, const void *key, const void *value)
{
	struct ts_file row;
	uint32_t slot;

	memcpy(&slot, value, sizeof(slot));
	if (slot >= r->probes->file_rows_bytes / sizeof(row))
		return;
	row = r->probes->file_rows[slot]; /* the programs still write to it */
	r->sink->file(r->sink->arg, key, &row);
}

static void request_row(const struct reading *r, const void *key, const void *value)
{
	const struct ts_request *request = value;

	if (request->start_ns && request->io_kind != TS_IO_NONE)
		r->sink->request(r->sink->arg, key, request);
}

static void part_row(const struct reading *r, const void *key, const void *value)
{
	r->sink->part(r->sink->arg, key, value);
}

static void slowest_row(const struct reading *r, const void *key, const void *value)
{
	r->sink->slowest(r->sink->arg, key, value);
}

static void call_row(const struct reading *r, const void *key, const void *value)
{
	r->sink->call(r->sink->arg, key, value);
}

/* A thread may go on to its next call while its row is read: then the two times differ. */
static void call_now_row(const struct reading *r, const void *key, const void *value)
{
	const struct ts_call_now *now = value;

	(void)key;
	if (now->start_ns && now->start_ns == now->start_again && !now->at_ns)
		r->sink->call_now(r->sink->arg, now);
}

size_t probes__io_stack(struct probes *p, int32_t id, uint64_t pcs[TS_IO_FRAMES])
{
	uint32_t key = (uint32_t)id;
	size_t count = 0;

	if (id < 0 || bpf_map_lookup_elem(bpf_map__fd(p->skel->maps.io_stacks), &key, pcs))
		return 0;
	while (count < TS_IO_FRAMES && pcs[count])
		count++;
	return count;
}

int probes__totals(struct probes *p, const struct totals_sink *sink)
{
	int err = 0;

	if (sink->file) {
		probes__release_files(p);
		err = read_map(p, p->skel->maps.file_slots, sink, file_row);
	}
	/* After the files, like the pass over threads: see collector__sample. */
	if (!err && sink->request)
		err = read_map(p, p->skel->maps.uring_requests, sink, request_row);
	if (!err && sink->process)
		err = read_map(p, p->skel->maps.processes, sink, process_row);
	if (!err && sink->creator)
		err = read_map(p, p->skel->maps.creators, sink, creator_row);
	if (!err && sink->lock)
		err = read_map(p, p->skel->maps.locks, sink, lock_row);
	if (!err && sink->part)
		err = read_map(p, p->skel->maps.io_parts, sink, part_row);
	if (!err && sink->slowest)
		err = read_map(p, p->skel->maps.io_slowest, sink, slowest_row);
	if (!err && sink->call)
		err = read_map(p, p->skel->maps.timed_calls, sink, call_row);
	if (!err && sink->call)
		err = read_map(p, p->skel->maps.timed_rest, sink, call_row);
	if (!err && sink->call_now)
		err = read_map(p, p->skel->maps.timed_now, sink, call_now_row);
	return err;
}

uint64_t probes__next_epoch(struct probes *p)
{
	uint64_t ended = p->skel->data->epoch;

	/* It stays at the last number, after 48 days at 1 s: from then on, the maximum is that since then. */
	if (ended < (1ULL << (64 - TS_MAX_NS_BITS)) - 1)
		__atomic_store_n(&p->skel->data->epoch, ended + 1, __ATOMIC_RELAXED);
	return ended;
}

/* How often the kernel did not run a program because it was already running on the CPU (5.12). */
static uint64_t recursion_misses(const struct probes *p)
{
	struct bpf_program *program;
	uint64_t sum = 0;

	bpf_object__for_each_program(program, p->skel->obj)
	{
		struct bpf_prog_info info = {0};
		__u32 size = sizeof(info);

		if (bpf_program__fd(program) >= 0 &&
		    !bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
			sum += info.recursion_misses;
	}
	return sum;
}

/* n of the map of losses, from that one on. */
static void read_losses(struct probes *p, uint32_t from, size_t n, uint64_t *ret)
{
	memset(ret, 0, n * sizeof(*ret));
	if (p->light)
		return; /* nothing is counted */
	for (size_t i = 0; i < n; i++) {
		uint32_t key = from + (uint32_t)i;

		bpf_map_lookup_elem(bpf_map__fd(p->skel->maps.losses), &key, &ret[i]);
	}
}

void probes__lost_events(struct probes *p, uint64_t ret[TS_EVENT_KINDS])
{
	read_losses(p, TS_LOSS_COUNT, TS_EVENT_KINDS, ret);
}

void probes__losses(struct probes *p, uint64_t ret[TS_LOSS_COUNT])
{
	uint64_t events[TS_EVENT_KINDS];

	read_losses(p, 0, TS_LOSS_COUNT, ret);
	probes__lost_events(p, events);
	for (size_t i = 0; i < TS_EVENT_KINDS; i++)
		ret[TS_LOSS_EVENTS] += events[i];
	if (!p->light)
		ret[TS_LOSS_MISSED] = recursion_misses(p);
}

uint64_t probes__lost_calls(const struct probes *p)
{
	return p->light ? 0 : p->skel->bss->timed_lost;
}

void probes__forget_lock(struct probes *p, const struct ts_lock_key *k)
{
	bpf_map_delete_elem(bpf_map__fd(p->skel->maps.locks), k);
}

void probes__forget_part(struct probes *p, const struct ts_io_part_key *k)
{
	bpf_map_delete_elem(bpf_map__fd(p->skel->maps.io_parts), k);
}

void probes__forget_slowest(struct probes *p, const struct ts_io_slowest_key *k)
{
	bpf_map_delete_elem(bpf_map__fd(p->skel->maps.io_slowest), k);
}

void probes__forget_call(struct probes *p, const struct ts_call_key *k)
{
	const struct bpf_map *rest = p->skel->maps.timed_rest, *rows = p->skel->maps.timed_calls;

	bpf_map_delete_elem(bpf_map__fd(k->place == TS_PLACE_REST ? rest : rows), k);
}

void probes__forget_creator(struct probes *p, const struct ts_stack_key *k)
{
	bpf_map_delete_elem(bpf_map__fd(p->skel->maps.creators), k);
}

void probes__forget_stack(struct probes *p, const struct ts_stack_key *k)
{
	bpf_map_delete_elem(bpf_map__fd(p->skel->maps.stacks_seen), k);
}

void probes__forget_request(struct probes *p, const struct ts_request_key *k)
{
	bpf_map_delete_elem(bpf_map__fd(p->skel->maps.uring_requests), k);
}

void probes__forget_process(struct probes *p, uint32_t tgid)
{
	bpf_map_delete_elem(bpf_map__fd(p->skel->maps.processes), &tgid);
}

int probes__add_row(struct probes *p, const struct ts_cfi_key *k, const struct ts_cfi_row *row)
{
	return bpf_map_update_elem(bpf_map__fd(p->skel->maps.cfi_rows), k, row, BPF_ANY) ? -errno : 0;
}

void probes__remove_row(struct probes *p, const struct ts_cfi_key *k)
{
	bpf_map_delete_elem(bpf_map__fd(p->skel->maps.cfi_rows), k);
}

/* It is in the map's fdinfo (kernel/bpf/syscall.c, bpf_map_show_fdinfo). */
static uint64_t map_bytes(int fd)
{
	unsigned long long bytes = 0;
	char path[64], line[128];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	fclose(f);
	return bytes;
}

static uint64_t maps_bytes(const struct bpf_object *obj)
{
	const struct bpf_map *map;
	uint64_t sum = 0;

	bpf_object__for_each_map(map, obj)
	{
		if (bpf_map__fd(map) >= 0)
			sum += map_bytes(bpf_map__fd(map));
	}
	return sum;
}

uint64_t probes__maps_bytes(const struct probes *p)
{
	if (p->light)
		return 0;
	return maps_bytes(p->skel->obj) + (p->devices ? maps_bytes(p->devices->obj) : 0);
}

static int on_event(void *arg, void *data, size_t size)
{
	struct probes *p = arg;

	if (size >= sizeof(struct ts_event))
		p->fn(p->arg, data, size);
	return 0;
}

int probes__open_events(struct probes *p)
{
	if (p->snapshot)
		return 0;
	p->ring = ring_buffer__new(bpf_map__fd(p->skel->maps.events), on_event, p, NULL);
	return p->ring ? 0 : -errno;
}

void probes__close_events(struct probes *p)
{
	ring_buffer__free(p->ring);
	p->ring = NULL;
}

int probes__event_fd(const struct probes *p)
{
	return p->ring ? ring_buffer__epoll_fd(p->ring) : -1;
}

int probes__events(struct probes *p, event_fn fn, void *arg)
{
	if (!p->ring)
		return 0;
	p->fn = fn;
	p->arg = arg;
	return ring_buffer__consume(p->ring);
}
