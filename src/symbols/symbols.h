/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From addresses to names. One symbolizer serves one process; its files (struct module) are shared through an
 * internal cache. Everything read from ELF files is checked before use: sizes are bounded, names longer than
 * SYMBOL_NAME_MAX are cut.
 */
#ifndef TS_SYMBOLS_SYMBOLS_H
#define TS_SYMBOLS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "facts/stack.h"
#include "target/process.h"

#define SYMBOL_NAME_MAX 4000

/* The modules whose functions, inlined calls and lines are read from DWARF. */
enum symbol_lines {
	LINES_QUICK,  /* where that takes little time */
	LINES_ALWAYS, /* all modules with DWARF, regardless of size */
	LINES_NEVER,  /* names from symbol tables alone */
};

#define SYMBOL_INLINED_MAX 32 /* inlined calls at one address, with the function they are in */

struct symbolizer;
struct module; /* one mapped ELF file: see module.h, shared with unwind */

/* p is borrowed and must outlive the symbolizer. */
int symbolizer__new(const struct process *p, struct symbolizer **ret);
void symbolizer__free(struct symbolizer *s); /* NULL is fine */
/* LINES_QUICK unless set, before the first look-up. */
void symbolizer__set_lines(struct symbolizer *s, enum symbol_lines lines);
/* Rereads the mappings; call it at the start of a sample. Modules that are still mapped stay cached. Returns
 * 1 if executable mappings changed (cached unwind rules of the process are stale), otherwise 0. */
int symbolizer__refresh(struct symbolizer *s);
const struct mappings *symbolizer__mappings(const struct symbolizer *s);

/*
 * Looks up a code address. is_return: look up address - 1 (the call), report
 * the offset of address. One answer per distinct address is cached.
 * Strings live as long as s. Always fills ret.
 */
void symbolizer__code(struct symbolizer *s, uint64_t address, bool is_return, struct frame *ret);
/*
 * The same with inlined calls, innermost first; the last entry is the result of symbolizer__code (inlined is
 * false), the others have its offset. Returns the number of entries: at least 1 if max is. If not all fit,
 * the innermost are omitted.
 */
size_t symbolizer__inlined(struct symbolizer *s, uint64_t address, bool is_return, struct frame *list,
			   size_t max);
/* The data object (variable) that covers address: function is its name. For locks: `log_mutex`. */
int symbolizer__data(struct symbolizer *s, uint64_t address, struct frame *ret);

/* The lock at that address, a member of a Go program's variable: "main.logging.mu" in buf; by its DWARF, as
 * far as lines are wanted. False: not known. */
bool symbolizer__go_variable(struct symbolizer *s, uint64_t address, char *buf, size_t size);
/* The lock at offset in what the receiver of the method (Go's name of it) at a code address points to:
 * "main.logger.mu". */
bool symbolizer__go_receiver(struct symbolizer *s, uint64_t code, const char *method, uint64_t offset,
			     char *buf, size_t size);

/* The module mapped at address, and address as the module's own virtual address
 * (p_vaddr space). NULL if none. Borrowed from s. */
struct module *symbolizer__module(struct symbolizer *s, uint64_t address, uint64_t *ret_vaddr);
/* The path of that module for module.h's functions, in the process of s. NULL if none. */
const char *symbolizer__module_path(const struct symbolizer *s, uint64_t address);
const struct process *symbolizer__process(const struct symbolizer *s);

/* Kernel addresses, from /proc/kallsyms (read on first use). function NULL if hidden. */
struct kernel_symbols;
int kernel_symbols__new(struct kernel_symbols **ret);
void kernel_symbols__free(struct kernel_symbols *k);
int kernel_symbols__lookup(struct kernel_symbols *k, uint64_t address, struct frame *ret);

#endif
