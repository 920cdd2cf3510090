/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The unwind rule of code that has no call frame information, and no symbol
 * that says where its function begins (musl's library as distributions ship it):
 * the instructions from the place on are followed to the function's return,
 * which takes from the stack what lies above the return address. Pure.
 */
#ifndef TS_UNWIND_FORWARD_H
#define TS_UNWIND_FORWARD_H

#include "unwind/rules.h"

#define FORWARD_BYTES 8192 /* that far on both sides */

/*
 * code: size bytes of executable code. at: offset in it of the instruction that
 * comes next; behind_call: which is what a call returns to. False, and row as it was: no return found,
 * several that disagree, or instructions that are not understood.
 */
bool forward__row(const uint8_t *code, size_t size, size_t at, bool behind_call, struct row *row);

#endif
