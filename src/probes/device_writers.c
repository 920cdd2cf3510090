// SPDX-License-Identifier: GPL-2.0-or-later
/* The count of what processes write to each device: an object that is loaded only when it is needed. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "device_writers.skel.h"
#include "probes/probes_private.h"
#include "util/heap.h"

/* The number of a tracepoint's arguments; -1: this kernel has no such tracepoint. */
static int arguments_of(const struct btf *btf, const char *name)
{
	int32_t id = btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF);
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, (uint32_t)id) : NULL;

	for (int i = 0; i < 2 && t; i++) /* typedef, pointer, function */
		t = btf__type_by_id(btf, t->type);
	return t && btf_is_func_proto(t) ? btf_vlen(t) - 1 : -1;
}

/* Which of two forms of each hook this kernel has. */
static int choose(struct device_writers_bpf *s)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool folio = btf && arguments_of(btf, "btf_trace_writeback_dirty_folio") == 2;
	bool page = btf && arguments_of(btf, "btf_trace_writeback_dirty_page") == 2;
	int bio = btf ? arguments_of(btf, "btf_trace_block_bio_queue") : -1;

	btf__free(btf);
	if ((!folio && !page) || (bio != 1 && bio != 2))
		return -EOPNOTSUPP;
	bpf_program__set_autoload(s->progs.dirty_folio, folio);
	bpf_program__set_autoload(s->progs.dirty_page, !folio);
	bpf_program__set_autoload(s->progs.queue_bio, bio == 1);
	bpf_program__set_autoload(s->progs.queue_bio_old, bio == 2);
	return 0;
}

static int load(struct device_writers_bpf *s)
{
	int err = choose(s);

	if (err)
		return err;
	s->rodata->page_bytes = (uint32_t)sysconf(_SC_PAGESIZE);
	err = device_writers_bpf__load(s);
	return err ? err : device_writers_bpf__attach(s);
}

int device_writers__try(void)
{
	struct device_writers_bpf *s = device_writers_bpf__open();
	int err = s ? load(s) : -errno;

	device_writers_bpf__destroy(s);
	return err;
}

int probes__watch_devices(struct probes *p)
{
	struct device_writers_bpf *s;
	int err;

	if (p->devices || p->light)
		return p->light ? -EOPNOTSUPP : 0;
	s = device_writers_bpf__open();
	if (!s)
		return -errno;
	/* The first pass over threads found it. */
	s->bss->viewer_level = p->skel->bss->viewer_level;
	err = load(s);
	if (err) {
		device_writers_bpf__destroy(s);
		return err;
	}
	p->devices = s;
	return 0;
}

void probes__unwatch_devices(struct probes *p)
{
	device_writers_bpf__destroy(p->devices);
	p->devices = NULL;
}

int probes__take_device_writers(struct probes *p, device_writer_fn fn, void *arg)
{
	struct ts_device_writer_key *keys = HEAP_NEW(struct ts_device_writer_key, TS_DEVICE_WRITERS);
	struct ts_device_writer *rows = HEAP_NEW(struct ts_device_writer, TS_DEVICE_WRITERS);
	__u32 count = TS_DEVICE_WRITERS, place;
	/* 5.6, all at once: there is room for all. */
	int err = bpf_map_lookup_and_delete_batch(bpf_map__fd(p->devices->maps.device_writers), NULL, &place,
						  keys, rows, &count, NULL);

	err = err && errno != ENOENT ? -errno : 0;
	for (__u32 i = 0; !err && i < count; i++)
		fn(arg, &keys[i], &rows[i]);
	free(keys);
	free(rows);
	return err;
}

uint64_t probes__lost_device_bytes(const struct probes *p)
{
	return p->devices->bss->lost_bytes;
}
