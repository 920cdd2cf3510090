/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places of the panic probes, found in the code; no symbols are needed. */
#include "go/runtime/panic_points.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "go/runtime/code.h"
#include "go/runtime/reader.h"
#include "util/heap.h"

#define SCAN_STEP      65536
#define PRELOAD_MAX    (48u << 20) /* less than the cache holds */
#define FUNCDATA_BYTES (4u << 20)  /* of the inlined calls, which have no length */

static uint64_t jump_of(struct goroutines *r, const struct go_place *f)
{
	uint8_t code[32];
	int at;

	if (!f->start || f->end - f->start < sizeof(code) ||
	    !go_cache__read(r->cache, f->start, code, sizeof(code)))
		return 0;
	at = r->layout.processor->stack_check(code, sizeof(code));
	return at < 0 ? 0 : f->start + (uint64_t)at;
}

struct call_search {
	uint64_t to;
	size_t found; /* 1 + offset of the first call that leads there; 0: none */
};

static void take_call(void *arg, size_t at, uint64_t to)
{
	struct call_search *c = arg;

	if (to == c->to && !c->found)
		c->found = at + 1;
}

static uint64_t call_of(struct goroutines *r, const struct go_place *in, const struct go_place *to)
{
	struct call_search c = {.to = to->start};
	const struct go_code_search search = {.call = take_call, .arg = &c};
	size_t bytes;
	uint8_t *code;

	if (!to->start || in->end <= in->start || in->end - in->start > GO_FUNCTION_BYTES)
		return 0;
	bytes = (size_t)(in->end - in->start);
	code = heap__alloc(bytes);
	if (go_cache__read(r->cache, in->start, code, bytes))
		r->layout.processor->search(&search, code, bytes, in->start);
	free(code);
	return c.found ? in->start + c.found - 1 : 0;
}

/* moduledata begins with the pcHeader's address and the slice funcnametab, both known by now. */
static uint64_t find_moduledata(struct goroutines *r, uint64_t start, uint64_t end)
{
	uint64_t *words = heap__alloc(SCAN_STEP + 16), found = 0;

	for (; start < end && !found; start += SCAN_STEP) {
		size_t want = end - start < SCAN_STEP + 16 ? (size_t)(end - start) : SCAN_STEP + 16;
		ssize_t got = r->memory.read(r->memory.arg, start, words, want);

		for (size_t i = 1; got > 0 && i + 1 < (size_t)got / 8 && !found; i++)
			if (words[i] == r->module.funcnametab.address &&
			    words[i + 1] == r->module.funcnametab.len)
				found = start + 8 * (i - 1);
	}
	free(words);
	return found;
}

static void find_types(struct goroutines *r, struct go_panic_sites *ret)
{
	uint64_t at = r->image.moduledata, range[2];
	uint64_t types = (uint64_t)r->layout.off[GO_moduledata_types];
	uint64_t etypes = (uint64_t)r->layout.off[GO_moduledata_etypes];

	for (unsigned i = 0; !at && i < r->image.segment_count; i++)
		if (r->image.segments[i].writable)
			at = find_moduledata(r, r->image.segments[i].start, r->image.segments[i].end);
	if (!at || !r->layout.known || !go_memory__u64(&r->memory, at + types, &range[0]) ||
	    !go_memory__u64(&r->memory, at + etypes, &range[1]) || range[0] >= range[1])
		return;
	ret->types = range[0];
	ret->etypes = range[1];
}

int goroutines__panic_sites(struct goroutines *r, struct go_panic_sites *ret)
{
	struct go_place places[] = {{.name = "runtime.gopanic"},
				    {.name = "runtime.fatalpanic"},
				    {.name = "runtime.recovery"},
				    {.name = "runtime.throw"},
				    {.name = "runtime.fatal"}};

	memset(ret, 0, sizeof(*ret));
	if (!r->layout.processor->stack_check)
		return -EOPNOTSUPP;
	go_functions__find(r, places, sizeof(places) / sizeof(places[0]));
	ret->panic = jump_of(r, &places[0]);
	ret->fatal = call_of(r, &places[0], &places[1]);
	ret->recovery = jump_of(r, &places[2]);
	ret->throws = places[3].start;
	ret->fatals = places[4].start;
	if (!ret->panic)
		return -ENOENT;
	find_types(r, ret);
	return 0;
}

static void preload(struct goroutines *r, uint64_t address, uint64_t bytes)
{
	const uint8_t *unused;
	size_t have = 1;

	for (uint64_t at = 0; at < bytes && have; at += have)
		have = go_cache__bytes(r->cache, address + at, &unused);
}

void goroutines__preload(struct goroutines *r)
{
	const struct go_module *m = &r->module;
	const uint64_t bytes =
		m->funcnametab.len + m->cutab.len * 4 + m->filetab.len + m->pctab.len + m->pclntable.len;

	if (bytes > PRELOAD_MAX)
		return;
	preload(r, m->funcnametab.address, m->funcnametab.len);
	preload(r, m->cutab.address, m->cutab.len * 4);
	preload(r, m->filetab.address, m->filetab.len);
	preload(r, m->pctab.address, m->pctab.len);
	preload(r, m->pclntable.address, m->pclntable.len); /* ftab is a part of it */
	preload(r, m->gofunc, m->gofunc ? FUNCDATA_BYTES : 0);
}

bool goroutines__created_by(struct goroutines *r, const uint8_t *g, size_t bytes, struct frame *ret)
{
	int32_t at = r->layout.off[GO_g_gopc];
	uint64_t gopc = at >= 0 && (size_t)at + 8 <= bytes ? raw_u64(g, at) : 0;

	return gopc && goroutines__code(r, gopc, true, ret) && !ret->hidden && ret->function;
}

uint64_t goroutines__goid(const struct goroutines *r, const uint8_t *g, size_t bytes)
{
	int32_t at = r->layout.off[GO_g_goid];

	return at >= 0 && (size_t)at + 8 <= bytes ? raw_u64(g, at) : 0;
}

size_t goroutines__copied_frames(struct goroutines *r, uint64_t pc, uint64_t sp, const uint8_t *copy,
				 size_t bytes, struct frame *list, size_t max, enum stack_end *ret_end)
{
	struct go_walk w = {.sp = sp, .pc = pc, .stack = copy, .base = sp, .len = bytes};
	uint64_t *pcs = HEAP_NEW(uint64_t, GO_DEPTH_MAX);
	struct goroutine_stack stack = {.pcs = pcs};
	size_t count;

	stack.count = go_unwind(r, &w, pcs, NULL, &stack.end);
	*ret_end = stack.end;
	count = goroutines__frames(r, &stack, list, max);
	free(pcs);
	return count;
}
