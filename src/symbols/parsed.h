/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF file that processes have mapped, as the parser has it: symbols, call frame information and source
 * lines, each loaded at first use. Who wants something of it goes through module.h, which asks the parser.
 * Equal files (same device, inode, size and times) are one, in an internal cache, which is not thread-safe.
 */
#ifndef TS_SYMBOLS_PARSED_H
#define TS_SYMBOLS_PARSED_H

#include <elfutils/libdw.h>

#include "symbols/elf_file.h"
#include "symbols/symtab.h"
#include "target/process.h"

#define LOADS_MAX 64

struct parsed;
struct dwarf_lines;

/* Where a module was found, for the search of its separate debug file; not stored. */
struct module_place {
	const struct process *process; /* may be NULL: only the host's own debug files */
	const char *path;              /* as the target sees it */
	pid_t pid;                     /* without process: of it, if known */
};

/* Takes ownership of the descriptor, even on errors. The result may be shared. */
int parsed__open_fd(int fd, struct parsed **ret);
/* Copies the image; equal bytes give the same module. For the vDSO, and for tests. */
int parsed__open_memory(const void *image, size_t len, struct parsed **ret);
struct parsed *parsed__get(struct parsed *m);
void parsed__put(struct parsed *m); /* NULL is fine */

/* Its loaded segments, whose sums do not overflow: at most LOADS_MAX. */
size_t parsed__loads(const struct parsed *m, const GElf_Phdr **ret);
/* First and last loaded address. */
uint64_t parsed__start(const struct parsed *m);
uint64_t parsed__end(const struct parsed *m);
/* The program's entry point, as a module address; 0: not a program. */
uint64_t parsed__entry(const struct parsed *m);
/* ELFCLASS64 and the machine of this build: its rules fit struct ts_regs. */
bool parsed__is_native(const struct parsed *m);

/* The symbol that covers vaddr, or NULL. Borrowed from m. */
const struct elf_symbol *parsed__function(struct parsed *m, const struct module_place *at, uint64_t vaddr);
const struct elf_symbol *parsed__object(struct parsed *m, const struct module_place *at, uint64_t vaddr);

/* Call frame information, or NULL. Borrowed from m. Addresses are module addresses. */
Dwarf_CFI *parsed__eh_frame(struct parsed *m, const struct module_place *at);
Dwarf_CFI *parsed__debug_frame(struct parsed *m, const struct module_place *at);
/* Its DWARF is small enough to be opened by default. */
bool parsed__lines_quick(struct parsed *m, const struct module_place *at);
/* Functions and lines by DWARF, or NULL. Borrowed from m. */
struct dwarf_lines *parsed__lines(struct parsed *m, const struct module_place *at);

#endif
