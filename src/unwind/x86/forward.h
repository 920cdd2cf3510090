/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The unwind rule of code without call frame information and without a symbol for the start of its function
 * (musl's library in distributions): follows the instructions from the place to the function's return, which
 * pops everything above the return address. Pure.
 */
#ifndef TS_UNWIND_X86_FORWARD_H
#define TS_UNWIND_X86_FORWARD_H

#include <stddef.h>

#include "unwind/row.h"

/*
 * code: size bytes of executable code. at: offset in it of the instruction that
 * comes next; behind_call: at is a return address. False, with row unchanged: no return found, returns that
 * disagree, or unknown instructions.
 */
bool forward__row(const uint8_t *code, size_t size, size_t at, bool behind_call, struct row *row);
/* The same for code generated at run time: compilers like HotSpot's preserve only the frame pointer, so loads
 * of other registers mean nothing. */
bool forward__generated(const uint8_t *code, size_t size, size_t at, bool behind_call, struct row *row);
/*
 * Whether the code from `at` to its next jump uses a frame pointer: it accesses memory below it, or restores
 * the stack pointer from it. Compilers that use the register for other purposes do neither.
 */
bool forward__uses_frame_pointer(const uint8_t *code, size_t size, size_t at);

#endif
