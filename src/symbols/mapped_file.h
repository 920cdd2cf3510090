/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An ELF file that a process has mapped, read once for a few of its symbols. */
#ifndef TS_SYMBOLS_MAPPED_FILE_H
#define TS_SYMBOLS_MAPPED_FILE_H

#include "symbols/elf_file.h"
#include "target/process.h"

/* Runs in the parser: all that it knows of, and all that it may change, is arg. 0 or a negative errno. */
typedef int elf_reader(struct elf_file *f, void *arg);

/*
 * Opens the file of a mapping, has it read by the parser with a copy of arg (without pointers, of that many
 * bytes), and closes it; what all of this costs is that process's part of the budget. What read returns, and
 * arg as it has left it: hostile bytes. Or the negative errno of opening it (elf_file__open_fd); then arg is
 * unchanged.
 */
int mapped_file__read(const struct process *p, const struct mapping *m, elf_reader *read, void *arg,
		      size_t bytes);

/* The address at which the beginning of the file belongs, of addresses in it. */
bool mapped_file__start(const struct elf_file *f, uint64_t *ret);

#endif
