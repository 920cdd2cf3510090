/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An ELF file that a process has mapped, read once for a few of its symbols. */
#ifndef TS_SYMBOLS_MAPPED_FILE_H
#define TS_SYMBOLS_MAPPED_FILE_H

#include "symbols/elf_file.h"
#include "target/process.h"

/*
 * Opens the file of a mapping, calls read with it, and closes it; what all of this costs is that process's
 * part of the budget. What read returns, or the negative errno of opening it (elf_file__open_fd).
 */
int mapped_file__read(const struct process *p, const struct mapping *m,
		      int (*read)(struct elf_file *f, void *arg), void *arg);

/* The address at which the beginning of the file belongs, of addresses in it. */
bool mapped_file__start(const struct elf_file *f, uint64_t *ret);

#endif
