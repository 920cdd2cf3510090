/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF file that processes have mapped: symbols, call frame information and source lines, each loaded at
 * first use. All processes with the same file (same device, inode, size and times) share it through an
 * internal cache, which is not thread-safe.
 */
#ifndef TS_SYMBOLS_MODULE_H
#define TS_SYMBOLS_MODULE_H

#include <elfutils/libdw.h>

#include "symbols/elf_file.h"
#include "symbols/symtab.h"
#include "target/process.h"

struct module;
struct dwarf_lines;

/* Where a module was found, for the search of its separate debug file; not stored. */
struct module_place {
	const struct process *process; /* may be NULL: only the host's own debug files */
	const char *path;              /* as the target sees it */
};

/* Takes ownership of the descriptor, even on errors. The result may be shared. */
int module__open_file(struct found_file *file, struct module **ret);
int module__open_fd(int fd, struct module **ret);
/* Copies the image; equal bytes give the same module. For the vDSO, and for tests. */
int module__open_memory(const void *image, size_t len, struct module **ret);
struct module *module__get(struct module *m);
void module__put(struct module *m); /* NULL is fine */

/* The module's own address of a byte of the file, if a segment loads it. */
bool module__vaddr(const struct module *m, uint64_t file_offset, bool executable, uint64_t *ret);
/* First and last loaded address. */
uint64_t module__start(const struct module *m);
uint64_t module__end(const struct module *m);
/* The program's entry point, as a module address; 0: not a program. */
uint64_t module__entry(const struct module *m);
/* ELFCLASS64 and the machine of this build: its rules fit struct ts_regs. */
bool module__is_native(const struct module *m);

/* The symbol that covers vaddr, or NULL. Borrowed from m. */
const struct elf_symbol *module__function(struct module *m, const struct module_place *at, uint64_t vaddr);
const struct elf_symbol *module__object(struct module *m, const struct module_place *at, uint64_t vaddr);

/* Call frame information, or NULL. Borrowed from m. Addresses are module addresses. */
Dwarf_CFI *module__eh_frame(struct module *m, const struct module_place *at);
Dwarf_CFI *module__debug_frame(struct module *m, const struct module_place *at);
/* Its DWARF is small enough to be opened by default. */
bool module__lines_quick(struct module *m, const struct module_place *at);
/* Functions and lines by DWARF, or NULL. Borrowed from m. */
struct dwarf_lines *module__lines(struct module *m, const struct module_place *at);

#endif
