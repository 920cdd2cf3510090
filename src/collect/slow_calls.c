// SPDX-License-Identifier: GPL-2.0-or-later
/* Where slow calls spent their time, per file: the kernel side sums up by kernel stack, this file by part. */
#include <stdlib.h>
#include <string.h>

#include "waits/stall.h"
#include "collect/collector_private.h"
#include "facts/calls.h"
#include "util/clock.h"

struct taking {
	struct collector *c;
	struct sample *s;
	uint64_t read_ns; /* when the sums were read: later calls count in the next sample */
};

static int by_key(const void *key, const void *element)
{
	return memcmp(key, &((const struct sample_file *)element)->key, sizeof(struct ts_file_key));
}

static struct sample_file *find(struct sample *s, const struct ts_file_key *key)
{
	return s->file_count ? bsearch(key, s->files, s->file_count, sizeof(*s->files), by_key) : NULL;
}

static enum stall_part part_of(struct collector *c, int32_t stack)
{
	struct frame frames[TS_IO_FRAMES] = {0};
	uint64_t pcs[TS_IO_FRAMES];
	struct call_stack kernel = {.frames = frames};

	if (stack == TS_IO_PART_CPU)
		return STALL_CPU;
	if (stack == TS_IO_PART_RUNNABLE)
		return STALL_RUNNABLE;
	kernel.count = probes__io_stack(c->probes, stack, pcs);
	for (size_t i = 0; i < kernel.count; i++)
		frames[i].function = kernel_names__find(c->kernel, pcs[i], &frames[i].offset);
	return stall__of_stack(&kernel);
}

static void take_part(void *arg, const struct ts_io_part_key *k, const struct ts_io_part *t)
{
	struct taking *g = arg;
	struct sample_file *f = find(g->s, &k->file);
	struct slow_calls *sum;

	if (!f)
		return;
	sum = k->io_kind == TS_IO_WRITE ? &f->slow_writes : &f->slow_syncs;
	if (k->stack == TS_IO_PART_WHOLE) {
		sum->count += t->count;
		sum->ns += t->ns;
	} else {
		sum->parts[part_of(g->c, k->stack)] += t->ns;
	}
}

static void fill_parts(struct collector *c, struct slow_call *call, const struct ts_io_slowest *t)
{
	uint64_t off_cpu = t->runnable_ns;

	call->parts[STALL_RUNNABLE] = t->runnable_ns;
	for (size_t i = 0; i < TS_IO_WAITS; i++) {
		if (!t->waits[i].count)
			continue;
		call->parts[part_of(c, t->waits[i].stack)] += t->waits[i].ns;
		off_cpu += t->waits[i].ns;
	}
	call->parts[STALL_CPU] = t->ns > off_cpu ? t->ns - off_cpu : 0;
}

static const struct sample_slow *keep(struct taking *g, const struct ts_io_slowest_key *k,
				      const struct ts_io_slowest *t)
{
	struct sample_slow *s = ARENA_NEW(&g->s->arena, struct sample_slow, 1);
	struct call_stack stack = stacks__frames(g->c->stacks, k->file.tgid, t->stack_id);
	char name[TS_COMM_LEN + 1] = "";

	memcpy(name, t->comm, TS_COMM_LEN);
	*s = (struct sample_slow){.epoch = t->epoch,
				  .end_ns = t->end_ns,
				  .call = {.sync = k->io_kind == TS_IO_SYNC,
					   .syscall = syscall_name(t->syscall),
					   .name = arena__string(&g->s->arena, name),
					   .tid = (pid_t)t->tid,
					   .ns = t->ns,
					   .bytes = k->io_kind == TS_IO_SYNC ? 0 : t->bytes,
					   .result = t->result,
					   .stack = call_stack__copy(&g->s->arena, &stack)}};
	fill_parts(g->c, &s->call, t);
	return s;
}

static void take_slowest(void *arg, const struct ts_io_slowest_key *k, const struct ts_io_slowest *t)
{
	struct taking *g = arg;
	struct sample_file *f = find(g->s, &k->file);
	const struct sample_slow **best;

	/* The next epoch has begun by now: its calls up to the reading are in this sample's sums. */
	if (!f || t->end_ns > g->read_ns || (k->lately && t->epoch < g->s->epoch))
		return;
	best = k->lately ? &f->slowest_lately : &f->slowest;
	/* The slower one of the slowest write and the slowest sync. */
	if (!*best || (*best)->call.ns < t->ns)
		*best = keep(g, k, t);
}

int collect__slow_calls(struct collector *c, struct sample *s)
{
	struct taking g = {.c = c, .s = s, .read_ns = monotonic_ns()};
	struct totals_sink sink = {.part = take_part, .slowest = take_slowest, .arg = &g};

	return probes__totals(c->probes, &sink);
}

/* ---- deleted files ------------------------------------------------------------------- */

struct forgetting {
	struct probes *probes;
	const struct ts_file_key *file;
};

static void forget_part(void *arg, const struct ts_io_part_key *k, const struct ts_io_part *t)
{
	const struct forgetting *f = arg;

	(void)t;
	if (!memcmp(&k->file, f->file, sizeof(k->file)))
		probes__forget_part(f->probes, k);
}

void collect__forget_file(struct collector *c, const struct sample_file *file, bool ended)
{
	struct forgetting f = {.probes = c->probes, .file = &file->key};
	const struct totals_sink sink = {.part = forget_part, .arg = &f};

	if (file->slow_writes.count + file->slow_syncs.count)
		probes__totals(c->probes, &sink);
	for (uint32_t i = 0; file->slowest && i < 6; i++) {
		const struct ts_io_slowest_key key = {
			.file = file->key, .io_kind = i & 1 ? TS_IO_SYNC : TS_IO_WRITE, .lately = i >> 1};

		probes__forget_slowest(c->probes, &key);
	}
	probes__forget_file(c->probes, &file->key, ended ? NULL : &file->totals);
	file_names__forget(c->names, &file->key);
}
