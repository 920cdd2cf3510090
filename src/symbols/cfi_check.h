/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A look at call frame information before libdw executes it. libdw 0.188 makes
 * room for any register number below 2^27 (2 GB for one instruction) and copies
 * all of it at each DW_CFA_remember_state, so a target could make us eat all
 * memory with a few bytes. Every entry that libdw could come to is checked once.
 */
#ifndef TS_SYMBOLS_CFI_CHECK_H
#define TS_SYMBOLS_CFI_CHECK_H

#include "symbols/elf_file.h"

/* True if f has .eh_frame, and it and .eh_frame_hdr (if any) are sane. */
bool cfi_check__eh_frame(const struct elf_file *f);
/* The same for entries at hand, unpacked: of .eh_frame (eh) or of .debug_frame. */
bool cfi_check__bytes(const struct elf_file *f, Elf_Data *data, bool eh);

#endif
