/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One ELF file that processes have mapped: its symbols, call frame information
 * and source lines, each loaded when first asked for. Shared by all processes
 * that have the same file mapped (same device, inode, size and times) through a
 * cache behind these functions, which is not safe for several threads at once.
 */
#ifndef TS_SYMBOLS_MODULE_H
#define TS_SYMBOLS_MODULE_H

#include <elfutils/libdw.h>

#include "symbols/elf_file.h"
#include "symbols/symtab.h"
#include "target/process.h"

struct module;
struct dwarf_lines;

/* Where a module was found: used to look for its separate debug file, and kept by nobody. */
struct module_place {
	const struct process *process; /* may be NULL: own root */
	const char *path;              /* as the target sees it */
};

/* Takes fd over, also on errors. The result may be one that others use too. */
int module__open_fd(int fd, struct module **ret);
/* Copies the image; the same bytes give the same module. For the vDSO, and for tests. */
int module__open_memory(const void *image, size_t len, struct module **ret);
struct module *module__get(struct module *m);
void module__put(struct module *m); /* NULL is fine */

/* The module's own address of a byte of the file, if a segment loads it. */
bool module__vaddr(const struct module *m, uint64_t file_offset, bool executable, uint64_t *ret);
/* First and last address of what is loaded. */
uint64_t module__start(const struct module *m);
uint64_t module__end(const struct module *m);
/* Where the program begins, its own address; 0: it is none. */
uint64_t module__entry(const struct module *m);
/* ELFCLASS64 of the machine that this program was built for: its rules fit struct ts_regs. */
bool module__is_native(const struct module *m);

/* The symbol that covers vaddr, or NULL. Borrowed from m. */
const struct elf_symbol *module__function(struct module *m, const struct module_place *at, uint64_t vaddr);
const struct elf_symbol *module__object(struct module *m, const struct module_place *at, uint64_t vaddr);

/* Call frame information, or NULL. Borrowed from m. vaddr's are the module's own. */
Dwarf_CFI *module__eh_frame(struct module *m);
Dwarf_CFI *module__debug_frame(struct module *m, const struct module_place *at);
/* Its DWARF is small enough to be opened unasked. */
bool module__lines_quick(struct module *m, const struct module_place *at);
/* Functions and lines by DWARF, or NULL. Borrowed from m. */
struct dwarf_lines *module__lines(struct module *m, const struct module_place *at);

#endif
