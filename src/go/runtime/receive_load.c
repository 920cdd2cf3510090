/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/receive_load.h"

#include "go/runtime/layout.h"

#define BYTES_BACK 48 /* between a load and the call that it is for */

static uint64_t distance(const uint8_t *p)
{
	return (uint64_t)(int64_t)(int32_t)go_u32(p, 0);
}

static bool in_text(const struct go_code_view *v, uint64_t address)
{
	return address - v->text < v->etext - v->text;
}

/* ---- amd64: instructions of any length, so those that end where the next begins are taken for them ---- */

/* mov REG, [...] at code[i] that is not longer than up to end. */
static bool load_amd64(const struct go_code_view *v, size_t i, size_t end, unsigned reg, struct go_load *ret)
{
	const uint8_t *code = v->code;
	uint8_t rex = code[i], modrm = code[i + 2], base = modrm & 7, mode = modrm >> 6;
	bool of_stack = base == 4 && !(rex & 1);
	size_t at = i + 3;

	if ((rex & 0xfa) != 0x48 || code[i + 1] != 0x8b || mode == 3 ||
	    (modrm >> 3 & 7) + (rex & 4 ? 8u : 0) != reg)
		return false;
	if (base == 4 && code[at++] != 0x24) /* more than one register */
		return false;
	if (!mode && base == 5) { /* [rip+d] */
		*ret = (struct go_load){GO_LOAD_VARIABLE, v->start + at + 4 + distance(code + at)};
		return at + 4 <= end;
	}
	ret->from = of_stack ? GO_LOAD_SLOT : GO_LOAD_FIELD;
	ret->at = mode == 2 ? distance(code + at) : mode == 1 ? (uint64_t)(int64_t)(int8_t)code[at] : 0;
	return at + (mode == 2 ? 4 : mode) <= end;
}

/* mov REG, FROM: *ret_from. */
static bool move_amd64(const uint8_t *code, unsigned reg, unsigned *ret_from)
{
	*ret_from = (code[2] >> 3 & 7) + (code[0] & 4 ? 8u : 0);
	return (code[0] & 0xfa) == 0x48 && code[1] == 0x89 && code[2] >> 6 == 3 &&
	       (code[2] & 7) + (code[0] & 1 ? 8u : 0) == reg;
}

static bool before_amd64(const struct go_code_view *v, size_t call, struct go_load *ret)
{
	size_t end = call;
	unsigned reg = 0, from; /* rax */

	for (size_t back = 3; back < BYTES_BACK && back <= call; back++) {
		size_t i = call - back;

		if (v->code[i] == 0xe8 && in_text(v, v->start + i + 5 + distance(v->code + i + 1)))
			return false;
		if (load_amd64(v, i, end, reg, ret))
			return true;
		if (i + 3 <= end && move_amd64(v->code + i, reg, &from)) {
			reg = from;
			end = i;
		}
	}
	return false;
}

/* ---- arm64 ------------------------------------------------------------------------- */

#define TEMPORARY 27 /* the assembler's own register, for addresses of variables */
#define STACK     31

/* adrp x27, PAGE at code[i], perhaps with add x27, x27, #d behind it. */
static bool page_arm64(const struct go_code_view *v, size_t i, size_t load, uint64_t *ret)
{
	uint32_t word = go_u32(v->code + i, 0), next = go_u32(v->code + i + 4, 0);
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
static bool load_arm64(const struct go_code_view *v, size_t i, unsigned reg, struct go_load *ret)
{
	uint32_t word = go_u32(v->code + i, 0), base = word >> 5 & 31;
	uint64_t offset = (uint64_t)(word >> 10 & 0xfff) * 8, page;

	if ((word & 0xffc0001f) != (0xf9400000 | reg))
		return false;
	*ret = (struct go_load){base == STACK ? GO_LOAD_SLOT : GO_LOAD_FIELD, offset};
	if (base != TEMPORARY)
		return true;
	if ((i < 4 || !page_arm64(v, i - 4, i, &page)) && (i < 8 || !page_arm64(v, i - 8, i, &page)))
		return false;
	*ret = (struct go_load){GO_LOAD_VARIABLE, page + offset};
	return true;
}

static bool before_arm64(const struct go_code_view *v, size_t call, struct go_load *ret)
{
	unsigned reg = 0;

	for (size_t back = 4; back < BYTES_BACK && back <= call; back += 4) {
		uint32_t word = go_u32(v->code + call - back, 0);

		if (word >> 26 == 0x25) /* bl */
			return false;
		if (load_arm64(v, call - back, reg, ret))
			return true;
		if ((word & 0xffc0001f) == (0xf9400000 | reg))
			return false;                          /* a load that is not understood */
		if ((word & 0xffe0ffff) == (0xaa0003e0 | reg)) /* mov xREG, xn */
			reg = word >> 16 & 31;
	}
	return false;
}

bool go_load__before(const struct go_code_view *v, size_t call, struct go_load *ret)
{
	return v->arm64 ? before_arm64(v, call, ret) : before_amd64(v, call, ret);
}
