/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks call frame information before libdw executes it. libdw 0.188 allocates for any register number below
 * 2^27 (2 GB for one instruction) and copies all of it at each DW_CFA_remember_state, so a few bytes in a
 * target could exhaust memory. Every entry that libdw can reach is checked once. One that would take long
 * each time that it is executed makes the whole insane, as does a number of entries beyond the budget.
 */
#ifndef TS_SYMBOLS_CFI_CHECK_H
#define TS_SYMBOLS_CFI_CHECK_H

#include "symbols/elf_file.h"

/* True if f has .eh_frame, and it and .eh_frame_hdr (if any) are sane. */
bool cfi_check__eh_frame(struct elf_file *f);
/* The same for given, uncompressed entries: of .eh_frame (eh) or of .debug_frame. */
bool cfi_check__bytes(struct elf_file *f, Elf_Data *data, bool eh);

#endif
