// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules of code that compilers make at run time, HotSpot's above all. */
#include <string.h>

#include "unwind/arch.h"
#include "unwind/x86/decode.h"
#include "unwind/x86/follow.h"
#include "unwind/x86/forward.h"

/* How functions begin: push %rbp, and sub $n,%rsp or mov %rsp,%rbp in both encodings. */
static const char BEGINNINGS[][5] = {"\x55\x48\x83\xec", "\x55\x48\x81\xec", "\x55\x48\x89\xe5",
				     "\x55\x48\x8b\xec"};
#define BEGINNING_BYTES 4

/* Offset of the last possible function start before `at`; len: none. */
static size_t find_beginning(const uint8_t *code, size_t len, size_t at)
{
	for (size_t i = at; i-- > 0;)
		for (size_t k = 0; k < sizeof(BEGINNINGS) / sizeof(BEGINNINGS[0]); k++)
			if (i + BEGINNING_BYTES <= at && !memcmp(code + i, BEGINNINGS[k], BEGINNING_BYTES))
				return i;
	return len;
}

/*
 * The return target of deoptimized functions in HotSpot (emit_deopt_handler in x86_64.ad and
 * c1_LIRAssembler_x86.cpp): call next; next: subq $5,(%rsp); jmp, or mov $itself,%r10; push %r10; jmp. The
 * frame is still that of the function's prologue.
 */
static bool is_deopt_handler(const uint8_t *code, size_t len, uint64_t address)
{
	static const uint8_t by_call[] = {0xe8, 0, 0, 0, 0, 0x48, 0x83, 0x2c, 0x24, 0x05, 0xe9};
	uint8_t by_push[] = {0x49, 0xba, 0, 0, 0, 0, 0, 0, 0, 0, 0x41, 0x52, 0xe9};

	memcpy(by_push + 2, &address, sizeof(address));
	return (len >= sizeof(by_call) && !memcmp(code, by_call, sizeof(by_call))) ||
	       (len >= sizeof(by_push) && !memcmp(code, by_push, sizeof(by_push)));
}

/* After the prologue: the frame is complete, with nothing else on the stack. False: no rule, perhaps by the
 * frame pointer. */
static bool fill_begun(const uint8_t *code, size_t len, struct row *row)
{
	size_t behind = code[2] == 0x83 ? 5 : 8; /* push %rbp; sub $n,%rsp with 8 or 32 bits */

	if (code[2] != 0x83 && code[2] != 0x81) {
		row->frame_pointer = true;
		return false;
	}
	return len > behind + X86_LONGEST && follow__row(code, behind + X86_LONGEST, behind, row);
}

bool arch__generated_row(const struct code_around *c, uint64_t pc, struct row *row)
{
	size_t begin;

	row->frame_pointer = forward__uses_frame_pointer(c->bytes, c->size, c->at);
	if (forward__generated(c->bytes, c->size, c->at, c->behind_call, row))
		return true;
	begin = find_beginning(c->bytes, c->size, c->at);
	if (begin == c->size)
		return false;
	if (is_deopt_handler(c->bytes + c->at, c->size - c->at, pc))
		return fill_begun(c->bytes + begin, c->size - begin, row);
	return follow__row(c->bytes + begin, c->size - begin, c->at - c->behind_call - begin, row);
}
