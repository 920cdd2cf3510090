/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The unwind rule of code without call frame information (musl, much assembly): follows the function's
 * instructions from its start along every path to the place in question, and counts what is on the stack.
 * Pure.
 */
#ifndef TS_UNWIND_X86_FOLLOW_H
#define TS_UNWIND_X86_FOLLOW_H

#include "unwind/arch.h"

/*
 * code: the function whole, size bytes, not more than FUNCTION_BYTES_MAX. at: offset in it of the
 * instruction, or of any byte of it. False, with row unchanged: not reached, reached with different stacks,
 * or through unknown instructions.
 */
bool follow__row(const uint8_t *code, size_t size, size_t at, struct row *row);

#endif
