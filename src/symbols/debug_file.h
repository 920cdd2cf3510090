/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the separate debug file of a module. */
#ifndef TS_SYMBOLS_DEBUG_FILE_H
#define TS_SYMBOLS_DEBUG_FILE_H

#include "symbols/elf_file.h"
#include "symbols/parsed.h"

/*
 * Opens the separate debug file of main, which is at that place: by build ID below
 * /usr/lib/debug/.build-id, otherwise by .gnu_debuglink (verified by its CRC), in the target's root; below
 * /usr/lib/debug also in threadscope's own; otherwise from a debuginfod server, if the environment names one.
 * Its process may be NULL: own /usr/lib/debug only. -ENOENT if not found.
 */
int debug_file__open(struct elf_file *main, const struct module_place *at, struct elf_file *ret);
/* The file that .gnu_debugaltlink of f names (dwz's shared part), with matching build ID. */
int debug_file__open_alt(struct elf_file *f, const struct module_place *at, struct elf_file *ret);
/* Unpacks .gnu_debugdata: an xz-compressed ELF file with just a .symtab. -E2BIG: that would cost too much. */
int debug_file__unpack_mini(struct elf_file *main, struct elf_file *ret);

#endif
