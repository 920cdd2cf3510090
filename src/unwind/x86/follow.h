/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The unwind rule of code without call frame information (musl is built so,
 * and much assembly): the function's instructions are followed from its start
 * on every way to the place asked for, counting what is on the stack. Pure.
 */
#ifndef TS_UNWIND_X86_FOLLOW_H
#define TS_UNWIND_X86_FOLLOW_H

#include "unwind/rules.h"

#define FOLLOW_BYTES 16384 /* no longer functions */

/*
 * code: the function whole, size bytes. at: offset in it of the instruction, or
 * of any byte of it. False, and row as it was: not reached, reached with
 * different stacks, or by instructions that are not understood.
 */
bool follow__row(const uint8_t *code, size_t size, size_t at, struct row *row);
/* Whether the size bytes before a return address may be a call. */
bool follow__is_call(const uint8_t *before, size_t size);
#define FOLLOW_CALL_BYTES 7

#endif
