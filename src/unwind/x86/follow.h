/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The unwind rule of code without call frame information (musl is built so,
 * and much assembly): the function's instructions are followed from its start
 * on every way to the place asked for, counting what is on the stack. Pure.
 */
#ifndef TS_UNWIND_X86_FOLLOW_H
#define TS_UNWIND_X86_FOLLOW_H

#include "unwind/arch.h"

/*
 * code: the function whole, size bytes, not more than FUNCTION_BYTES_MAX. at: offset in it of the
 * instruction, or of any byte of it. False, and row as it was: not reached, reached with different stacks, or
 * by instructions that are not understood.
 */
bool follow__row(const uint8_t *code, size_t size, size_t at, struct row *row);

#endif
