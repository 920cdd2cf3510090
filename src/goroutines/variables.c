/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the runtime's variables are. The symbol table says so; a stripped
 * program's are found by what they point to. Symbols are checked in the same way.
 */
#include "goroutines/reader.h"

#include <stdlib.h>

#define SCAN_MAX  (64u << 20) /* bytes of the program's variables */
#define PROCS_MAX 4096u

bool go_g__is(const struct goroutines *r, const uint8_t *raw, uint64_t address)
{
	int32_t sched = r->layout.off[GO_g_sched], stack = r->layout.off[GO_g_stack];

	return go_u64(raw, sched + 16) == address && go_u64(raw, stack) <= go_u64(raw, stack + 8);
}

/* A word that may point to something of the program's: aligned, in user space. */
static bool may_point(uint64_t address)
{
	return address >= 4096 && !(address & 7) && address < 1ull << 56;
}

/* The first, the last and some between are g's. */
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

static bool are_ps(const struct goroutines *r, uint64_t array, uint64_t len)
{
	for (uint64_t i = 0; i < len; i++) {
		uint32_t id_status[2]; /* neighbours in every version */
		uint64_t p;

		if (!go_memory__u64(&r->memory, array + i * 8, &p) || !may_point(p) ||
		    !go_memory__read(&r->memory, p, id_status, sizeof(id_status)) || id_status[0] != i ||
		    id_status[1] > 4)
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

/* While the runtime moves a slice two can look alike: the one with the larger room is the new one. */
static void scan_slices(struct goroutines *r, const uint64_t *bss, size_t words, uint64_t start)
{
	uint64_t best_gs = 0, best_ps = 0;

	for (size_t i = 0; i + 3 <= words; i++) {
		const uint64_t *w = bss + i;

		if (!is_slice(w, GOROUTINES_MAX * 2ull))
			continue;
		if (!r->image.allgs && w[2] > best_gs && are_gs(r, w[0], w[1])) {
			best_gs = w[2];
			r->allgs = start + i * 8;
		}
		if (!r->image.allp && w[1] <= PROCS_MAX && w[2] > best_ps && are_ps(r, w[0], w[1])) {
			best_ps = w[2];
			r->allp = start + i * 8;
		}
	}
}

static uint64_t *read_bss(const struct goroutines *r, size_t *ret_words)
{
	uint64_t len = r->module.ebss - r->module.bss;
	uint64_t *bss;
	ssize_t got;

	if (len > SCAN_MAX)
		len = SCAN_MAX;
	bss = malloc(len + 8);
	got = bss ? r->memory.read(r->memory.arg, r->module.bss, bss, len) : -1;
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
	r->allm = r->image.allm;
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
	return r->allgs ? NULL
			: "its list of goroutines was not found: it has not started yet, or its runtime is "
			  "not "
			  "the one of that version";
}
