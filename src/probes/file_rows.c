// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rows of files, in memory shared with the programs. Each thread remembers the row of its last file: a row
 * that is taken from its file is reused only one reading later, when no call that had found it is in flight.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "probes/probes_private.h"
#include "util/array.h"
#include "util/heap.h"

struct freed_row {
	uint32_t slot, tgid;
	struct ts_file *seen; /* NULL: later counts do not matter */
};

static int free_queue(const struct probes *p)
{
	return bpf_map__fd(p->skel->maps.free_files);
}

int probes__open_files(struct probes *p)
{
	const struct bpf_map *rows = p->skel->maps.file_rows;
	uint32_t count = bpf_map__max_entries(rows);
	size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = count * sizeof(*p->file_rows);
	void *memory;

	if (p->snapshot)
		return 0;
	bytes = (bytes + page - 1) / page * page;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(rows), 0);
	if (memory == MAP_FAILED)
		return -errno;
	p->file_rows = memory;
	p->file_rows_bytes = bytes;
	for (uint32_t slot = 0; slot < count; slot++)
		if (bpf_map_update_elem(free_queue(p), NULL, &slot, 0))
			return -errno;
	return 0;
}

void probes__close_files(struct probes *p)
{
	if (p->file_rows)
		munmap(p->file_rows, p->file_rows_bytes);
	p->file_rows = NULL;
	for (size_t i = 0; i < p->freed_count; i++)
		free(p->freed[i].seen);
	free(p->freed);
}

/* The process's overflow row, created if missing. */
static struct ts_file *others_of(struct probes *p, uint32_t tgid)
{
	struct ts_file_key key = {.tgid = tgid, .kind = TS_FILE_OTHER};
	int slots = bpf_map__fd(p->skel->maps.file_slots);
	uint32_t slot;

	if (bpf_map_lookup_elem(slots, &key, &slot)) {
		if (bpf_map_lookup_and_delete_elem(free_queue(p), NULL, &slot))
			return NULL;
		if (bpf_map_update_elem(slots, &key, &slot, BPF_NOEXIST)) {
			bpf_map_update_elem(free_queue(p), NULL, &slot, 0);
			if (bpf_map_lookup_elem(slots, &key, &slot))
				return NULL;
		}
	}
	return slot < p->file_rows_bytes / sizeof(*p->file_rows) ? &p->file_rows[slot] : NULL;
}

static void add_latency(struct ts_latency *to, const struct ts_latency *now, const struct ts_latency *seen)
{
	for (size_t i = 0; i < TS_HIST_BUCKETS; i++)
		__atomic_fetch_add(&to->buckets[i], now->buckets[i] - seen->buckets[i], __ATOMIC_RELAXED);
	if (now->max_ns > seen->max_ns && now->max_ns > to->max_ns)
		to->max_ns = now->max_ns;
}

/* The programs still count in the row that receives the sum. */
static void add_rest(struct ts_file *to, const struct ts_file *now, const struct ts_file *seen)
{
#define ADD(field) __atomic_fetch_add(&to->field, now->field - seen->field, __ATOMIC_RELAXED)
	ADD(bytes);
	ADD(short_writes);
	ADD(missed_ends);
	ADD(torn_lines);
	ADD(torn_proven);
	ADD(torn_unknown);
	ADD(torn_shared);
	ADD(partial_writes);
	ADD(text_parts);
	ADD(page_writes);
	ADD(overwrites);
	ADD(rewrites);
	ADD(cuts);
	ADD(sync_ns);
	ADD(safe_bytes);
	ADD(safe_writes);
	for (size_t i = 0; i < TS_IO_ERRORS; i++) {
		ADD(errors[i]);
		ADD(sync_errors[i]);
	}
#undef ADD
	memcpy(to->other_errno, now->other_errno, sizeof(to->other_errno));
	memcpy(to->other_sync_errno, now->other_sync_errno, sizeof(to->other_sync_errno));
	add_latency(&to->writes, &now->writes, &seen->writes);
	add_latency(&to->syncs, &now->syncs, &seen->syncs);
}

static bool has_more(const struct ts_file *now, const struct ts_file *seen)
{
	return memcmp(&now->writes.buckets, &seen->writes.buckets, sizeof(now->writes.buckets)) ||
	       memcmp(&now->syncs.buckets, &seen->syncs.buckets, sizeof(now->syncs.buckets)) ||
	       now->missed_ends != seen->missed_ends;
}

void probes__release_files(struct probes *p)
{
	for (size_t i = 0; i < p->freed_count; i++) {
		const struct freed_row *f = &p->freed[i];
		struct ts_file *row = &p->file_rows[f->slot], *others;

		if (f->seen && has_more(row, f->seen)) {
			others = others_of(p, f->tgid);
			if (others)
				add_rest(others, row, f->seen);
		}
		free(f->seen);
		memset(row, 0, sizeof(*row));
		bpf_map_update_elem(free_queue(p), NULL, &f->slot, 0);
	}
	p->freed_count = 0;
}

void probes__forget_file(struct probes *p, const struct ts_file_key *k, const struct ts_file *seen)
{
	int slots = bpf_map__fd(p->skel->maps.file_slots);
	struct freed_row f = {.tgid = k->tgid};

	if (bpf_map_lookup_elem(slots, k, &f.slot) || f.slot >= p->file_rows_bytes / sizeof(*p->file_rows))
		return;
	f.seen = seen ? heap__copy(seen, sizeof(*seen)) : NULL;
	bpf_map_delete_elem(slots, k);
	/* Threads that remember a row look it up again. */
	__atomic_add_fetch(&p->skel->data->file_epoch, 1, __ATOMIC_SEQ_CST);
	*ARRAY_ADD(p->freed, p->freed_count, p->freed_room) = f;
}

void probes__forget_torn(struct probes *p, const struct ts_file_key *k)
{
	struct ts_file *row;
	uint32_t slot;

	if (bpf_map_lookup_elem(bpf_map__fd(p->skel->maps.file_slots), k, &slot) ||
	    slot >= p->file_rows_bytes / sizeof(*row))
		return;
	row = &p->file_rows[slot];
	row->torn_lines = row->torn_proven = row->torn_unknown = row->torn_shared = 0;
}

int probes__add_go(struct probes *p, uint32_t tgid, uint32_t goid_at)
{
	if (p->light)
		return 0;
	if (bpf_map_update_elem(bpf_map__fd(p->skel->maps.go_programs), &tgid, &goid_at, BPF_ANY))
		return -errno;
	/* Threads look for it with the row of their next call. */
	__atomic_add_fetch(&p->skel->data->file_epoch, 1, __ATOMIC_SEQ_CST);
	return 0;
}
