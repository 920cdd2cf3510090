/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The call frame information of one address, as libdw finds it. Flags are numbers: see parser_wire.h. */
#ifndef TS_SYMBOLS_CALL_FRAME_H
#define TS_SYMBOLS_CALL_FRAME_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#define CALL_FRAME_REGS 64
#define CALL_FRAME_OPS  1024 /* of all registers */

/* The forms of dwarf_frame_register (libdw.h): no operations is "same" or "undefined" (plain). */
struct call_frame_rule {
	uint8_t known;
	uint8_t plain; /* libdw has made the operations itself, from a plain rule */
	uint16_t first, count;
};

struct call_frame {
	uint8_t has_any; /* the module has call frame information, maybe not of this address */
	uint8_t found;
	uint8_t signal;
	int32_t pc_from;
	struct call_frame_rule cfa, regs[CALL_FRAME_REGS];
	uint32_t op_count;
};

/* ops has CALL_FRAME_OPS. */
void call_frame__read(Dwarf_CFI *cfi, uint64_t vaddr, unsigned registers, struct call_frame *ret,
		      Dwarf_Op *ops);
/* What another process has sent is one: what it refers to is there. */
bool call_frame__is_sane(const struct call_frame *f);

#endif
