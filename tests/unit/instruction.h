/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One instruction of x86-64, written as a string of its bytes. */
#ifndef TS_TESTS_UNIT_INSTRUCTION_H
#define TS_TESTS_UNIT_INSTRUCTION_H

#include "test.h"
#include "unwind/x86/decode.h"

static inline struct x86_insn decode(const char *code, size_t size)
{
	struct x86_insn i;

	CHECK(x86_decode((const uint8_t *)code, size, &i));
	CHECK_EQ(i.length, size);
	return i;
}
#define DECODE(code) decode(code, sizeof(code) - 1)

#endif
