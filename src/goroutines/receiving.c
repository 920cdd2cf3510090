/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "goroutines/receiving.h"

#include <errno.h>
#include <stdlib.h>
#include <uthash.h>

#define VARIABLES  16 /* global ones that hold one of the channels */
#define SCAN_STEP  65536
#define BYTES_BACK 48 /* between a load and the call that it is for */

struct function {
	uint64_t entry;
	struct go_code_use use;
	UT_hash_handle hh;
};

struct variable {
	uint64_t address;
	size_t channel;
};

enum { RECV_1, RECV_2, SELECT_RECV, SELECT, CALLS };

struct go_receiving {
	struct goroutines *r;
	struct go_place calls[CALLS];
	struct variable variables[VARIABLES];
	size_t variable_count;
	struct function *known;
	uint8_t *code; /* of one function */
};

/* ---- variables -------------------------------------------------------------------- */

static void find_variables(struct go_receiving *w, uint64_t start, uint64_t end, const uint64_t *channels,
			   size_t count)
{
	const struct go_memory *m = &w->r->memory;
	uint64_t *words = malloc(SCAN_STEP);

	for (; words && start < end; start += SCAN_STEP) {
		size_t want = end - start < SCAN_STEP ? (size_t)(end - start) : SCAN_STEP;
		ssize_t got = m->read(m->arg, start, words, want);

		for (size_t i = 0; got > 0 && i < (size_t)got / 8; i++)
			for (size_t k = 0; k < count; k++)
				if (words[i] == channels[k] && w->variable_count < VARIABLES)
					w->variables[w->variable_count++] =
						(struct variable){start + 8 * i, k};
		if (got <= 0)
			break;
	}
	free(words);
}

bool go_receiving__holds(const struct go_receiving *w, uint64_t variable, size_t channel)
{
	for (size_t i = 0; i < w->variable_count; i++)
		if (w->variables[i].address == variable && w->variables[i].channel == channel)
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

static uint64_t distance(const uint8_t *p)
{
	return (uint64_t)(int64_t)(int32_t)go_u32(p, 0);
}

/* mov REG, [...] at code[i] that is not longer than up to end. */
static bool load_amd64(const uint8_t *code, uint64_t start, size_t i, size_t end, unsigned reg,
		       struct go_load *ret)
{
	uint8_t rex = code[i], modrm = code[i + 2], base = modrm & 7, mode = modrm >> 6;
	bool of_stack = base == 4 && !(rex & 1);
	size_t at = i + 3;

	if ((rex & 0xfa) != 0x48 || code[i + 1] != 0x8b || mode == 3 ||
	    (modrm >> 3 & 7) + (rex & 4 ? 8u : 0) != reg)
		return false;
	if (base == 4 && code[at++] != 0x24) /* more than one register */
		return false;
	if (!mode && base == 5) { /* [rip+d] */
		*ret = (struct go_load){GO_LOAD_VARIABLE, start + at + 4 + distance(code + at)};
		return at + 4 <= end;
	}
	ret->from = of_stack ? GO_LOAD_SLOT : GO_LOAD_FIELD;
	ret->at = mode == 2 ? distance(code + at) : mode == 1 ? (uint64_t)(int64_t)(int8_t)code[at] : 0;
	return at + (mode == 2 ? 4 : mode) <= end;
}

/* mov rax, REG: *ret_reg. */
static bool move_amd64(const uint8_t *code, unsigned *ret_reg)
{
	*ret_reg = (code[2] >> 3 & 7) + (code[0] & 4 ? 8u : 0);
	return (code[0] & 0xfb) == 0x48 && code[1] == 0x89 && (code[2] & 0xc7) == 0xc0;
}

/* Where rax has come from at a call, directly or by another register: the nearest such instructions before
 * it, with no other call in between. */
static const struct go_load *last_load_amd64(const struct go_receiving *w, uint64_t start, size_t call,
					     struct go_load *found)
{
	const struct go_module *m = &w->r->module;
	size_t end = call;
	unsigned reg = 0, from;

	for (size_t back = 3; back < BYTES_BACK && back <= call; back++) {
		size_t i = call - back;

		if (w->code[i] == 0xe8 &&
		    start + i + 5 + distance(w->code + i + 1) - m->text < m->etext - m->text)
			break;
		if (load_amd64(w->code, start, i, end, reg, found))
			return found;
		if (!reg && move_amd64(w->code + i, &from)) {
			reg = from;
			end = i;
		}
	}
	return NULL;
}

/* Calls have a 32-bit distance, as have loads of variables where it ends the instruction. That four bytes are
 * right by chance is not to be feared. */
static void scan_amd64(const struct go_receiving *w, uint64_t start, size_t bytes, struct go_code_use *use)
{
	struct go_load load;

	for (size_t i = 0; i + 5 <= bytes; i++) {
		uint64_t to = start + i + 5 + distance(w->code + i + 1);

		if (w->code[i] == 0xe8 && add_call(w, use, to))
			add_load(use, last_load_amd64(w, start, i, &load));
		for (size_t k = 0; k < w->variable_count; k++)
			if (w->variables[k].address == to)
				use->reads |= 1ull << w->variables[k].channel;
	}
}

/* ldr x0, [xn, #d]: the last one in the six instructions before a call. */
static const struct go_load *last_load_arm64(const uint8_t *code, size_t call, struct go_load *found)
{
	for (size_t back = 4; back <= 24 && back <= call; back += 4) {
		uint32_t word = go_u32(code + (call - back), 0);

		if ((word & 0xffc0001f) != 0xf9400000)
			continue;
		found->from = ((word >> 5) & 31) == 31 ? GO_LOAD_SLOT : GO_LOAD_FIELD;
		found->at = (uint64_t)((word >> 10) & 0xfff) * 8;
		return found;
	}
	return NULL;
}

/* bl, with a distance of 26 bits in words; variables take several instructions and are not looked for. */
static void scan_arm64(const struct go_receiving *w, uint64_t start, size_t bytes, struct go_code_use *use)
{
	struct go_load load;

	for (size_t i = 0; i + 4 <= bytes; i += 4) {
		uint32_t word = go_u32(w->code + i, 0);
		uint64_t to = start + i + (uint64_t)((int64_t)(int32_t)(word << 6) >> 6) * 4;

		if (word >> 26 == 0x25 && add_call(w, use, to))
			add_load(use, last_load_arm64(w->code, i, &load));
	}
}

static void scan(const struct go_receiving *w, const struct go_function *f, struct go_code_use *use)
{
	size_t bytes = (size_t)(f->end - f->entry);

	use->args = f->args;
	if (f->end <= f->entry || bytes > GO_FUNCTION_BYTES ||
	    !go_cache__read(w->r->cache, f->entry, w->code, bytes))
		return;
	if (w->r->layout.arm64)
		scan_arm64(w, f->entry, bytes, use);
	else
		scan_amd64(w, f->entry, bytes, use);
}

const struct go_code_use *go_receiving__code(struct go_receiving *w, uint64_t pc)
{
	struct go_function f;
	struct function *known;

	if (!go_module__function(&w->r->module, pc, &f))
		return NULL;
	HASH_FIND(hh, w->known, &f.entry, sizeof(f.entry), known);
	if (known)
		return &known->use;
	known = calloc(1, sizeof(*known));
	if (!known)
		return NULL;
	known->entry = f.entry;
	scan(w, &f, &known->use);
	HASH_ADD(hh, w->known, entry, sizeof(known->entry), known);
	return &known->use;
}

/* ---- the whole -------------------------------------------------------------------- */

int go_receiving__new(struct goroutines *r, const uint64_t *channels, size_t count, struct go_receiving **ret)
{
	static const struct go_place calls[CALLS] = {
		[RECV_1] = {.name = "runtime.chanrecv1"},
		[RECV_2] = {.name = "runtime.chanrecv2"},
		[SELECT_RECV] = {.name = "runtime.selectnbrecv"},
		[SELECT] = {.name = "runtime.selectgo"},
	};
	struct go_receiving *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->r = r;
	memcpy(w->calls, calls, sizeof(calls));
	w->code = calloc(1, GO_FUNCTION_BYTES + 16); /* instructions at the end may be looked at beyond it */
	if (!w->code) {
		go_receiving__free(w);
		return -ENOMEM;
	}
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
