/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions, inlined calls and source lines from the DWARF of one file. */
#ifndef TS_SYMBOLS_DWARF_LINES_H
#define TS_SYMBOLS_DWARF_LINES_H

#include <elfutils/libdw.h>

#include "symbols/elf_file.h"
#include "symbols/symbols.h"

struct dwarf_lines;
struct module_place;

struct dwarf_frame {
	const char *name; /* linkage name if present; NULL: unknown */
	char scope[512];  /* prefix of name; "" with a linkage name */
	uint64_t start;   /* start of the function's code, or of this part of it; only in the last frame */
	const char *file; /* as the compiler named it */
	int line;
};

#define DWARF_FRAMES_MAX SYMBOL_INLINED_MAX

/* The cost of opening f's DWARF, in bytes to copy; 0: none. */
uint64_t dwarf_lines__work(const struct elf_file *f);
/* f must outlive the result. -ENOENT: no DWARF, or too much. */
int dwarf_lines__new(struct elf_file *f, const struct module_place *at, struct dwarf_lines **ret);
void dwarf_lines__free(struct dwarf_lines *d);
/*
 * The functions that contain vaddr, innermost first: inlined ones, then the one with the code. Returns their
 * number; 0: none, but list[0].file and .line may be set (assembler code has lines but no functions). Strings
 * are valid as long as d.
 */
size_t dwarf_lines__find(struct dwarf_lines *d, uint64_t vaddr, struct dwarf_frame list[DWARF_FRAMES_MAX]);
/* As libdw has it. NULL: its tables cost too much. */
Dwarf *dwarf_lines__dwarf(struct dwarf_lines *d);
/* .debug_frame, or NULL. */
Dwarf_CFI *dwarf_lines__cfi(struct dwarf_lines *d);

#endif
