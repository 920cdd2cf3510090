/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/code.h"
#include "go/runtime/layout.h"

#define TEMPORARY 27 /* the assembler's own register, for addresses of variables */
#define STACK     31

/* adrp x27, PAGE at code[i], perhaps with add x27, x27, #d behind it. */
static bool page_of(const struct go_code_view *v, size_t i, size_t load, uint64_t *ret)
{
	uint32_t word = raw_u32(v->code + i, 0), next = raw_u32(v->code + i + 4, 0);
	int64_t pages = (int64_t)(int32_t)((word >> 5 & 0x7ffff) << 13) >> 13;

	if ((word & 0x9f00001f) != (0x90000000 | TEMPORARY))
		return false;
	*ret = ((v->start + i) & ~(uint64_t)0xfff) + ((uint64_t)(pages * 4 + (word >> 29 & 3)) << 12);
	if (load == i + 4)
		return true;
	*ret += next >> 10 & 0xfff;
	return load == i + 8 && (next & 0xffc003ff) == (0x91000000 | TEMPORARY << 5 | TEMPORARY);
}

/* ldr xREG, [xn, #d] */
static bool load(const struct go_code_view *v, size_t i, unsigned reg, struct go_load *ret)
{
	uint32_t word = raw_u32(v->code + i, 0), base = word >> 5 & 31;
	uint64_t offset = (uint64_t)(word >> 10 & 0xfff) * 8, page;

	if ((word & 0xffc0001f) != (0xf9400000 | reg))
		return false;
	*ret = (struct go_load){base == STACK ? GO_LOAD_SLOT : GO_LOAD_FIELD, offset};
	if (base != TEMPORARY)
		return true;
	if ((i < 4 || !page_of(v, i - 4, i, &page)) && (i < 8 || !page_of(v, i - 8, i, &page)))
		return false;
	*ret = (struct go_load){GO_LOAD_VARIABLE, page + offset};
	return true;
}

static bool load_before(const struct go_code_view *v, size_t call, struct go_load *ret)
{
	unsigned reg = 0;

	for (size_t back = 4; back < GO_LOAD_BYTES_BACK && back <= call; back += 4) {
		uint32_t word = raw_u32(v->code + call - back, 0);

		if (word >> 26 == 0x25) /* bl */
			return false;
		if (load(v, call - back, reg, ret))
			return true;
		if ((word & 0xffc0001f) == (0xf9400000 | reg))
			return false;                          /* an unknown load */
		if ((word & 0xffe0ffff) == (0xaa0003e0 | reg)) /* mov xREG, xn */
			reg = word >> 16 & 31;
	}
	return false;
}

/* bl, with a distance of 26 bits in words. */
static void search(const struct go_code_search *s, const uint8_t *code, size_t bytes, uint64_t start)
{
	for (size_t i = 0; i + 4 <= bytes; i += 4) {
		uint32_t word = raw_u32(code + i, 0);

		if (word >> 26 == 0x25)
			s->call(s->arg, i, start + i + (uint64_t)((int64_t)(int32_t)(word << 6) >> 6) * 4);
	}
}

const struct go_processor go_arm64 = {load_before, search, NULL};
