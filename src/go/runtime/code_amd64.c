/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions have any length, so those that end where the next begins are taken for them. */
#include <string.h>

#include "go/runtime/code.h"
#include "go/runtime/layout.h"

static uint64_t distance(const uint8_t *p)
{
	return (uint64_t)(int64_t)(int32_t)raw_u32(p, 0);
}

static bool in_text(const struct go_code_view *v, uint64_t address)
{
	return address - v->text < v->etext - v->text;
}

/* mov REG, [...] at code[i] that is not longer than up to end. */
static bool load(const struct go_code_view *v, size_t i, size_t end, unsigned reg, struct go_load *ret)
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
static bool move(const uint8_t *code, unsigned reg, unsigned *ret_from)
{
	*ret_from = (code[2] >> 3 & 7) + (code[0] & 4 ? 8u : 0);
	return (code[0] & 0xfa) == 0x48 && code[1] == 0x89 && code[2] >> 6 == 3 &&
	       (code[2] & 7) + (code[0] & 1 ? 8u : 0) == reg;
}

static bool load_before(const struct go_code_view *v, size_t call, struct go_load *ret)
{
	size_t end = call;
	unsigned reg = 0, from; /* rax */

	for (size_t back = 3; back < GO_LOAD_BYTES_BACK && back <= call; back++) {
		size_t i = call - back;

		if (v->code[i] == 0xe8 && in_text(v, v->start + i + 5 + distance(v->code + i + 1)))
			return false;
		if (load(v, i, end, reg, ret))
			return true;
		if (i + 3 <= end && move(v->code + i, reg, &from)) {
			reg = from;
			end = i;
		}
	}
	return false;
}

/* Calls, and loads of variables that end with the distance, have a 32-bit distance. Four bytes rarely match
 * by chance. */
static void search(const struct go_code_search *s, const uint8_t *code, size_t bytes, uint64_t start)
{
	for (size_t i = 0; i + 5 <= bytes; i++) {
		uint64_t to = start + i + 5 + distance(code + i + 1);

		if (code[i] == 0xe8)
			s->call(s->arg, i, to);
		for (size_t k = 0; k < s->variable_count; k++)
			if (s->variables[k] == to)
				s->read(s->arg, k);
	}
}

/*
 * The stack check that functions begin with, cmd/internal/obj/x86 stacksplit:
 *   cmp rsp, [r14+16]; jbe               small frames
 *   lea r12, [rsp-n]; cmp r12, [r14+16]; jbe
 * Returns the jump's offset in code, or -1.
 */
static int stack_check(const uint8_t *code, size_t bytes)
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

const struct go_processor go_amd64 = {load_before, search, stack_check};
