/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where probes for panics go, found in the code itself: no symbols are needed. */
#include "goroutines/panics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "goroutines/reader.h"

#define FUNCTION_MAX 65536 /* bytes */
#define SCAN_STEP    65536

struct place {
	const char *name;
	uint64_t start, end; /* 0: not found */
};

/* Fills the functions of these names in one walk over the table of all. */
static void find_functions(struct goroutines *r, struct place *list, size_t count)
{
	const struct go_module *m = &r->module;
	unsigned size = r->layout.minor >= 18 ? 8 : 16;
	size_t left = count;
	uint8_t raw[32];
	char name[64];

	for (uint64_t i = 0; left && i + 1 < m->ftab.len; i++) {
		uint64_t start, end;
		struct go_function f;

		if (!go_cache__read(r->cache, m->ftab.address + i * size, raw, 2 * size))
			return;
		start = size == 8 ? m->text + go_u32(raw, 0) : go_u64(raw, 0);
		end = size == 8 ? m->text + go_u32(raw, 8) : go_u64(raw, 16);
		if (!go_module__function(m, start, &f) ||
		    !go_cache__string(r->cache, go_module__name(m, f.name), name, sizeof(name)))
			continue;
		for (size_t k = 0; k < count; k++) {
			if (list[k].start || strcmp(list[k].name, name))
				continue;
			list[k].start = start;
			list[k].end = end;
			left--;
		}
	}
}

/*
 * The stack check that functions begin with, cmd/internal/obj/x86 stacksplit:
 *   cmp rsp, [r14+16]; jbe               small frames
 *   lea r12, [rsp-n]; cmp r12, [r14+16]; jbe
 * Returns the jump's offset in code, or -1.
 */
static int find_jump(const uint8_t *code, size_t bytes)
{
	static const uint8_t COMPARE_SP[] = {0x49, 0x3b, 0x66, 0x10};
	static const uint8_t COMPARE_R12[] = {0x4d, 0x3b, 0x66, 0x10};
	static const uint8_t LEA_8[] = {0x4c, 0x8d, 0x64, 0x24};
	static const uint8_t LEA_32[] = {0x4c, 0x8d, 0xa4, 0x24};
	size_t at = 0;

	if (bytes < 24)
		return -1;
	if (!memcmp(code, LEA_8, 4))
		at = 5;
	else if (!memcmp(code, LEA_32, 4))
		at = 8;
	if (memcmp(code + at, at ? COMPARE_R12 : COMPARE_SP, 4))
		return -1;
	at += 4;
	return code[at] == 0x76 || (code[at] == 0x0f && code[at + 1] == 0x86) ? (int)at : -1;
}

static uint64_t jump_of(struct goroutines *r, const struct place *f)
{
	uint8_t code[32];
	int at;

	if (!f->start || f->end - f->start < sizeof(code) ||
	    !go_cache__read(r->cache, f->start, code, sizeof(code)))
		return 0;
	at = find_jump(code, sizeof(code));
	return at < 0 ? 0 : f->start + (uint64_t)at;
}

/* A call with a 32-bit distance that leads there: four bytes that are right by chance are not to be feared.
 */
static uint64_t call_of(struct goroutines *r, const struct place *in, const struct place *to)
{
	uint64_t found = 0;
	size_t bytes;
	uint8_t *code;

	if (!to->start || in->end <= in->start || in->end - in->start > FUNCTION_MAX)
		return 0;
	bytes = (size_t)(in->end - in->start);
	code = malloc(bytes);
	if (code && go_cache__read(r->cache, in->start, code, bytes)) {
		for (size_t i = 0; i + 5 <= bytes && !found; i++)
			if (code[i] == 0xe8 &&
			    in->start + i + 5 + (uint64_t)(int64_t)(int32_t)go_u32(code + i, 1) == to->start)
				found = in->start + i;
	}
	free(code);
	return found;
}

/* moduledata begins with the pcHeader's address and the slice funcnametab, both known by now. */
static uint64_t find_moduledata(struct goroutines *r, uint64_t start, uint64_t end)
{
	uint64_t *words = malloc(SCAN_STEP + 16), found = 0;

	for (; words && start < end && !found; start += SCAN_STEP) {
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
	/* data/go: moduledata.types and etypes; Go 1.27 has a word between them */
	int minor = r->layout.minor;
	uint64_t types = minor < 20 ? 280 : 296, etypes = types + (minor >= 27 ? 16 : 8);

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
	struct place places[] = {
		{.name = "runtime.gopanic"}, {.name = "runtime.fatalpanic"}, {.name = "runtime.recovery"}};

	memset(ret, 0, sizeof(*ret));
	if (r->layout.arm64)
		return -EOPNOTSUPP;
	find_functions(r, places, 3);
	ret->panic = jump_of(r, &places[0]);
	ret->fatal = call_of(r, &places[0], &places[1]);
	ret->recovery = jump_of(r, &places[2]);
	if (!ret->panic)
		return -ENOENT;
	find_types(r, ret);
	return 0;
}

uint64_t goroutines__goid(const struct goroutines *r, const uint8_t *g, size_t bytes)
{
	int32_t at = r->layout.off[GO_g_goid];

	return at >= 0 && (size_t)at + 8 <= bytes ? go_u64(g, at) : 0;
}

size_t goroutines__copied_frames(struct goroutines *r, uint64_t pc, uint64_t sp, const uint8_t *copy,
				 size_t bytes, struct goroutine_frame *list, size_t max,
				 enum goroutine_stack_end *ret_end)
{
	struct go_walk w = {.sp = sp, .pc = pc, .stack = copy, .base = sp, .len = bytes};
	uint64_t *pcs = malloc(GO_DEPTH_MAX * sizeof(*pcs));
	struct goroutine_stack stack = {.pcs = pcs};
	size_t count;

	if (!pcs) {
		*ret_end = GOROUTINE_STACK_UNREADABLE;
		return 0;
	}
	stack.count = go_unwind(r, &w, pcs, &stack.end);
	*ret_end = stack.end;
	count = goroutines__frames(r, &stack, list, max);
	free(pcs);
	return count;
}
