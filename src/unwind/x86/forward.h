/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The unwind rule of code that has no call frame information, and no symbol
 * that says where its function begins (musl's library as distributions ship it):
 * the instructions from the place on are followed to the function's return,
 * which takes from the stack what lies above the return address. Pure.
 */
#ifndef TS_UNWIND_X86_FORWARD_H
#define TS_UNWIND_X86_FORWARD_H

#include <stddef.h>

#include "unwind/row.h"

/*
 * code: size bytes of executable code. at: offset in it of the instruction that
 * comes next; behind_call: which is what a call returns to. False, and row as it was: no return found,
 * several that disagree, or instructions that are not understood.
 */
bool forward__row(const uint8_t *code, size_t size, size_t at, bool behind_call, struct row *row);
/* The same for code that was made at run time: compilers like HotSpot's give back no register but the frame
 * pointer, so what they load into the others says nothing. */
bool forward__generated(const uint8_t *code, size_t size, size_t at, bool behind_call, struct row *row);
/*
 * Whether the code from `at` on, to its next jump, has a frame pointer in use: it reaches below it, or takes
 * the stack pointer from it. Compilers that use the register for other things do neither.
 */
bool forward__uses_frame_pointer(const uint8_t *code, size_t size, size_t at);

#endif
