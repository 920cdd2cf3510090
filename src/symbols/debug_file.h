/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the symbols that were split off a module. */
#ifndef TS_SYMBOLS_DEBUG_FILE_H
#define TS_SYMBOLS_DEBUG_FILE_H

#include "symbols/elf_file.h"
#include "target/process.h"

/*
 * Opens the separate debug file of main, which the target sees at path: by
 * build ID below /usr/lib/debug/.build-id, else by .gnu_debuglink (checked by
 * its CRC); in the target's root first, then in ours; else from a debuginfod
 * server, if the environment names one. p may be NULL: ours only.
 * -ENOENT if there is none.
 */
int debug_file__open(const struct elf_file *main, const struct process *p, const char *path,
		     struct elf_file *ret);
/* The file that .gnu_debugaltlink of f names (dwz's shared part), with matching build ID. */
int debug_file__open_alt(const struct elf_file *f, const struct process *p, const char *path,
			 struct elf_file *ret);
/* Unpacks .gnu_debugdata: an xz-compressed ELF file with just a .symtab. */
int debug_file__unpack_mini(const struct elf_file *main, struct elf_file *ret);

#endif
