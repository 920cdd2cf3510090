/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/receiving.h"

#include <errno.h>
#include <stdlib.h>

#include "util/table.h"

#define VARIABLES 16 /* global ones that hold one of the channels */
#define SCAN_STEP 65536

struct function {
	uint64_t entry;
	struct go_code_use use;
	UT_hash_handle hh;
};

enum { RECV_1, RECV_2, SELECT_RECV, SELECT, CALLS };

struct go_receiving {
	struct goroutines *r;
	struct go_place calls[CALLS];
	uint64_t variables[VARIABLES]; /* their addresses, and whose channel they hold */
	size_t channels[VARIABLES];
	size_t variable_count;
	struct function *known;
	uint8_t *code; /* of one function */
};

/* ---- variables -------------------------------------------------------------------- */

static void add_variable(struct go_receiving *w, uint64_t address, size_t channel)
{
	if (w->variable_count == VARIABLES)
		return;
	w->variables[w->variable_count] = address;
	w->channels[w->variable_count++] = channel;
}

static void find_variables(struct go_receiving *w, uint64_t start, uint64_t end, const uint64_t *channels,
			   size_t count)
{
	const struct go_memory *m = &w->r->memory;
	uint64_t *words = heap__alloc(SCAN_STEP);

	for (; start < end; start += SCAN_STEP) {
		size_t want = end - start < SCAN_STEP ? (size_t)(end - start) : SCAN_STEP;
		ssize_t got = m->read(m->arg, start, words, want);

		for (size_t i = 0; got > 0 && i < (size_t)got / 8; i++)
			for (size_t k = 0; k < count; k++)
				if (words[i] == channels[k])
					add_variable(w, start + 8 * i, k);
		if (got <= 0)
			break;
	}
	free(words);
}

bool go_receiving__holds(const struct go_receiving *w, uint64_t variable, size_t channel)
{
	for (size_t i = 0; i < w->variable_count; i++)
		if (w->variables[i] == variable && w->channels[i] == channel)
			return true;
	return false;
}

/* ---- code ------------------------------------------------------------------------- */

/* The calls of receives have the channel in the first register; that of select has it in an array. */
static bool add_call(const struct go_receiving *w, struct go_code_use *use, uint64_t to)
{
	if (!to)
		return false;
	if (to == w->calls[SELECT].start || to == w->calls[SELECT_RECV].start)
		use->receives = use->unsure = true;
	if (to != w->calls[RECV_1].start && to != w->calls[RECV_2].start)
		return false;
	use->receives = true;
	return true;
}

static void add_load(struct go_code_use *use, const struct go_load *load)
{
	if (!load || use->load_count == GO_LOADS)
		use->unsure = true;
	else
		use->loads[use->load_count++] = *load;
}

struct scan {
	const struct go_receiving *w;
	uint64_t start;
	struct go_code_use *use;
};

static void take_call(void *arg, size_t at, uint64_t to)
{
	const struct scan *s = arg;
	struct goroutines *r = s->w->r;
	const struct go_module *m = go_module__of(r, s->start);
	struct go_code_view v = {.code = s->w->code, .start = s->start, .text = m->text, .etext = m->etext};
	struct go_load load;

	if (add_call(s->w, s->use, to))
		add_load(s->use, r->layout.processor->load_before(&v, at, &load) ? &load : NULL);
}

static void take_read(void *arg, size_t variable)
{
	const struct scan *s = arg;

	s->use->reads |= 1ull << s->w->channels[variable];
}

static void scan(const struct go_receiving *w, const struct go_function *f, struct go_code_use *use)
{
	struct scan s = {w, f->entry, use};
	const struct go_code_search search = {w->variables, w->variable_count, take_call, take_read, &s};
	size_t bytes = (size_t)(f->end - f->entry);

	use->args = f->args;
	if (f->end <= f->entry || bytes > GO_FUNCTION_BYTES ||
	    !go_cache__read(w->r->cache, f->entry, w->code, bytes))
		return;
	w->r->layout.processor->search(&search, w->code, bytes, f->entry);
}

const struct go_code_use *go_receiving__code(struct go_receiving *w, uint64_t pc)
{
	struct go_function f;
	struct function *known;

	if (!go_module__function(go_module__of(w->r, pc), pc, &f))
		return NULL;
	HASH_FIND(hh, w->known, &f.entry, sizeof(f.entry), known);
	if (known)
		return &known->use;
	known = HEAP_NEW(struct function, 1);
	known->entry = f.entry;
	scan(w, &f, &known->use);
	HASH_ADD(hh, w->known, entry, sizeof(known->entry), known);
	return &known->use;
}

/* ---- the search ------------------------------------------------------------------- */

int go_receiving__new(struct goroutines *r, const uint64_t *channels, size_t count, struct go_receiving **ret)
{
	static const struct go_place calls[CALLS] = {
		[RECV_1] = {.name = "runtime.chanrecv1"},
		[RECV_2] = {.name = "runtime.chanrecv2"},
		[SELECT_RECV] = {.name = "runtime.selectnbrecv"},
		[SELECT] = {.name = "runtime.selectgo"},
	};
	struct go_receiving *w = HEAP_NEW(struct go_receiving, 1);

	w->r = r;
	memcpy(w->calls, calls, sizeof(calls));
	w->code = HEAP_NEW(uint8_t, GO_FUNCTION_BYTES + 16); /* bytes beyond the end that decoding may read */
	go_functions__find(r, w->calls, CALLS);
	if (!w->calls[RECV_1].start && !w->calls[RECV_2].start && !w->calls[SELECT].start) {
		go_receiving__free(w);
		return -ENODATA;
	}
	find_variables(w, r->module.data, r->module.edata, channels, count);
	find_variables(w, r->module.bss, r->module.ebss, channels, count);
	*ret = w;
	return 0;
}

void go_receiving__free(struct go_receiving *w)
{
	struct function *f, *next;

	if (!w)
		return;
	HASH_ITER(hh, w->known, f, next)
	{
		HASH_DEL(w->known, f);
		free(f);
	}
	free(w->code);
	free(w);
}
