/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The addresses of the runtime's variables, from the symbol table, or in a stripped program by what they
 * point to. Symbols are checked in the same way.
 */
#include "go/runtime/reader.h"

#include <stdlib.h>

#include "util/heap.h"

#define SCAN_MAX    (64u << 20) /* bytes of the program's variables */
#define PROCS_MAX   4096u
#define SCHED_BYTES 320 /* as far as it is searched */
#define TRIES       5

bool go_g__is(const struct goroutines *r, const uint8_t *raw, uint64_t address)
{
	int32_t sched = r->layout.off[GO_g_sched], stack = r->layout.off[GO_g_stack];

	return raw_u64(raw, sched + 16) == address && raw_u64(raw, stack) <= raw_u64(raw, stack + 8);
}

/* A word that may be a pointer: aligned, in user space. */
static bool may_point(uint64_t address)
{
	return address >= 4096 && !(address & 7) && address < 1ull << 56;
}

/* The first, the last and some elements in between are g's. */
static bool are_gs(const struct goroutines *r, uint64_t array, uint64_t len)
{
	size_t size = (size_t)r->layout.off[GO_sizeof_g];
	uint8_t raw[1024];
	uint64_t g;

	if (size > sizeof(raw))
		return false;
	for (unsigned i = 0; i < 5; i++)
		if (!go_memory__u64(&r->memory, array + (len - 1) * i / 4 * 8, &g) || !may_point(g) ||
		    !go_memory__read(&r->memory, g, raw, size) || !go_g__is(r, raw, g))
			return false;
	return true;
}

/* A P's cache of sudogs is a slice of 128 within the P, in every version. */
static bool is_p(const struct goroutines *r, uint64_t p, uint64_t id)
{
	uint64_t cache[3], at = p + (uint64_t)r->layout.off[GO_p_gFree] + 16;
	uint32_t id_status[2]; /* neighbours */

	return go_memory__read(&r->memory, p, id_status, sizeof(id_status)) && id_status[0] == id &&
	       id_status[1] <= 4 && go_memory__read(&r->memory, at, cache, sizeof(cache)) &&
	       cache[0] == at + sizeof(cache) && cache[2] == 128;
}

static bool are_ps(const struct goroutines *r, uint64_t array, uint64_t len)
{
	for (uint64_t i = 0; i < len; i++) {
		uint64_t p;

		if (!go_memory__u64(&r->memory, array + i * 8, &p) || !may_point(p) || !is_p(r, p, i))
			return false;
	}
	return true;
}

/* A slice header of pointers. */
static bool is_slice(const uint64_t *words, uint64_t max)
{
	return may_point(words[0]) && words[1] && words[1] <= words[2] && words[2] <= max;
}

static bool check_slice(const struct goroutines *r, uint64_t address, uint64_t max,
			bool (*check)(const struct goroutines *, uint64_t, uint64_t))
{
	uint64_t words[3];

	return address && go_memory__read(&r->memory, address, words, sizeof(words)) &&
	       is_slice(words, max) && check(r, words[0], words[1]);
}

/* Other slices may contain some of them, and while the runtime moves the list there are two: the longest one
 * is used. */
static void scan_slices(struct goroutines *r, const uint64_t *bss, size_t words, uint64_t start)
{
	struct {
		uint64_t len, cap;
	} gs = {0, 0}, ps = {0, 0};

	for (size_t i = 0; i + 3 <= words; i++) {
		const uint64_t *w = bss + i;

		if (!is_slice(w, GOROUTINES_MAX * 2ull))
			continue;
		if (!r->image.allgs && (w[1] > gs.len || (w[1] == gs.len && w[2] > gs.cap)) &&
		    are_gs(r, w[0], w[1])) {
			gs.len = w[1];
			gs.cap = w[2];
			r->allgs = start + i * 8;
		}
		if (!r->image.allp && w[1] <= PROCS_MAX && w[1] > ps.len && are_ps(r, w[0], w[1])) {
			ps.len = w[1];
			r->allp = start + i * 8;
		}
	}
}

/*
 * Goroutine numbers are drawn in batches: the end of the newest batch of a P is the scheduler's counter, its
 * first field, plus one. 0: unknown.
 */
static uint64_t next_goid(const struct goroutines *r)
{
	uint64_t slice[3], p, end, max = 0;

	if (!r->allp || !go_memory__read(&r->memory, r->allp, slice, sizeof(slice)) || slice[1] > PROCS_MAX)
		return 0;
	for (uint64_t i = 0; i < slice[1]; i++)
		if (go_memory__u64(&r->memory, slice[0] + i * 8, &p) &&
		    go_memory__u64(&r->memory, p + (uint64_t)r->layout.off[GO_p_goidcache] + 8, &end) &&
		    end > max)
			max = end;
	return max > 1 ? max - 1 : 0;
}

static bool is_sched(const struct goroutines *r, const uint8_t *raw)
{
	const int32_t *off = r->layout.off;
	uint32_t max_threads = raw_u32(raw, off[GO_schedt_maxmcount]);
	uint64_t threads = raw_u64(raw, off[GO_schedt_mnext]), idle_p = raw_u64(raw, off[GO_schedt_pidle]),
		 idle_m = raw_u64(raw, off[GO_schedt_midle]);
	uint32_t idle_ps = raw_u32(raw, off[GO_schedt_npidle]);

	return max_threads && max_threads <= INT32_MAX && threads && threads < 1u << 24 &&
	       idle_ps <= PROCS_MAX && (!idle_p || may_point(idle_p)) && (!idle_m || may_point(idle_m)) &&
	       raw_u32(raw, off[GO_schedt_nmidle]) <= threads &&
	       raw_u32(raw, off[GO_schedt_ngsys]) < 1u << 16 && raw_u32(raw, off[GO_schedt_gcwaiting]) <= 1;
}

/* The only place that begins with that number and looks like the scheduler; with two candidates, neither is
 * accepted. */
static void scan_sched(struct goroutines *r, const uint64_t *bss, size_t words)
{
	uint64_t next = next_goid(r), found = 0;
	unsigned count = 0;

	for (size_t i = 0; next && i * 8 + SCHED_BYTES <= words * 8; i++)
		if (bss[i] == next && is_sched(r, (const uint8_t *)(bss + i))) {
			found = r->module.bss + i * 8;
			count++;
		}
	r->sched = count == 1 ? found : 0;
}

static uint64_t *read_bss(const struct goroutines *r, size_t *ret_words)
{
	uint64_t len = r->module.ebss - r->module.bss;
	uint64_t *bss;
	ssize_t got;

	if (len > SCAN_MAX)
		len = SCAN_MAX;
	bss = heap__alloc(len + 8);
	got = r->memory.read(r->memory.arg, r->module.bss, bss, len);
	if (got <= 0) {
		free(bss);
		return NULL;
	}
	*ret_words = (size_t)got / 8;
	return bss;
}

const char *go_variables__find(struct goroutines *r)
{
	uint64_t *bss;
	size_t words;

	r->sched = r->image.sched;
	r->semtable = r->image.semtable;
	if (!check_slice(r, r->image.allgs, GOROUTINES_MAX * 2ull, are_gs))
		r->image.allgs = 0;
	if (!check_slice(r, r->image.allp, PROCS_MAX, are_ps))
		r->image.allp = 0;
	r->allgs = r->image.allgs;
	r->allp = r->image.allp;
	if (!r->allgs || !r->allp) {
		bss = read_bss(r, &words);
		if (bss)
			scan_slices(r, bss, words, r->module.bss);
		free(bss);
	}
	for (int i = 0; i < TRIES && !r->sched && r->allp; i++) { /* the counter may change meanwhile */
		bss = read_bss(r, &words);
		if (!bss)
			break;
		scan_sched(r, bss, words);
		free(bss);
	}
	return r->allgs ? NULL
			: "its list of goroutines was not found: it has not started yet, or its runtime "
			  "differs from that version's";
}
