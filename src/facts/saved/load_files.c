// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of a saved sample, and the calls and requests on them. */
#include <limits.h>

#include "facts/saved/load_values.h"
#include "facts/sample.h"
#include "facts/saved/saved_fields.h"

/* By enum ts_io_error. */
static void load_errors(struct loader *l, const json_t *o, const char *key, __u32 *ret)
{
	const json_t *list = load__take_list(l, o, key);

	for (size_t i = 0; i < json_array_size(list) && i < TS_IO_ERRORS; i++)
		ret[i] = (__u32)load__as_number(l, json_array_get(list, i), UINT32_MAX);
}

static void load_parts(struct loader *l, const json_t *o, uint64_t *ret)
{
	const json_t *list = load__take_list(l, o, "parts");

	if (json_array_size(list) != STALL_PARTS)
		l->bad = true;
	for (size_t i = 0; i < STALL_PARTS; i++)
		ret[i] = load__as_number(l, json_array_get(list, i), UINT64_MAX);
}

static void load_slow(struct loader *l, const json_t *o, const char *key, struct slow_calls *ret)
{
	const json_t *j = json_object_get(o, key);

	if (!j)
		return;
	ret->count = load__take_u64(l, j, "count");
	ret->ns = load__take_u64(l, j, "ns");
	load_parts(l, j, ret->parts);
}

static const struct sample_slow *load_slowest(struct loader *l, const json_t *o, const char *key)
{
	const json_t *j = json_object_get(o, key), *result = json_object_get(j, "result");
	struct sample_slow *s;

	if (!j)
		return NULL;
	s = ARENA_NEW(l->arena, struct sample_slow, 1);
	*s = (struct sample_slow){.epoch = load__take_u64(l, j, "epoch"),
				  .call = {.sync = load__take_flag(l, j, "sync"),
					   .syscall = load__take_text(l, j, "syscall"),
					   .name = load__take_text(l, j, "name"),
					   .tid = load__take_id(l, j, "tid"),
					   .ns = load__take_u64(l, j, "ns"),
					   .bytes = load__take_u64(l, j, "bytes"),
					   .result = json_integer_value(result),
					   .stack = load__take_stack(l, j, "stack")}};
	if (!json_is_integer(result))
		l->bad = true;
	load_parts(l, j, s->call.parts);
	return s;
}

void load__file(struct loader *l, const json_t *j, void *element)
{
	struct sample_file *f = element;
	const json_t *fd = json_object_get(j, "fd");

	load__take_key(l, j, "key", &f->key);
	f->path = load__need_text(l, j, "path");
	f->fs = load__take_text(l, j, "fs");
	f->peer = load__take_text(l, j, "peer");
	f->host_path = load__take_text(l, j, "host_path");
	f->deleted = load__take_flag(l, j, "deleted");
	f->open = load__take_flag(l, j, "open");
	f->evicted = load__take_flag(l, j, "evicted");
#define TAKE(name)                                               \
	f->totals.name = (__typeof__(f->totals.name))load__take( \
		l, j, #name, sizeof(f->totals.name) == 4 ? UINT32_MAX : UINT64_MAX);
	FILE_NUMBERS(TAKE)
#undef TAKE
	load_errors(l, j, "write_errors", f->totals.errors);
	load_errors(l, j, "fsync_errors", f->totals.sync_errors);
	if (!json_is_integer(fd) || json_integer_value(fd) < INT_MIN || json_integer_value(fd) > INT_MAX)
		l->bad = true;
	else
		f->totals.fd = (int)json_integer_value(fd);
	load__take_latency(l, j, "writes", &f->totals.writes);
	load__take_latency(l, j, "syncs", &f->totals.syncs);
	load_slow(l, j, "slow_writes", &f->slow_writes);
	load_slow(l, j, "slow_syncs", &f->slow_syncs);
	f->slowest = load_slowest(l, j, "slowest");
	f->slowest_lately = load_slowest(l, j, "slowest_lately");
}

void load__request(struct loader *l, const json_t *j, void *element)
{
	struct sample_request *r = element;
	const json_t *fd = json_object_get(j, "fd");

	load__take_key(l, j, "key", &r->key);
	r->io_kind = (enum ts_io_kind)load__take(l, j, "kind", TS_IO_SYNC);
	r->age_ns = load__take_u64(l, j, "age_ns");
	r->bytes = load__take_u64(l, j, "bytes");
	r->fd = fd ? (int)load__as_number(l, fd, INT_MAX) : -1;
	r->tid = load__take_id(l, j, "tid");
	r->name = load__need_text(l, j, "name");
}
