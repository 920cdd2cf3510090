/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF file that processes have mapped. What is in it the parser says (parser.h), and is checked here: an
 * answer that makes no sense does not count. All processes with the same file (same device, inode, size and
 * times) share it through an internal cache, which is not thread-safe.
 */
#ifndef TS_SYMBOLS_MODULE_H
#define TS_SYMBOLS_MODULE_H

#include "symbols/call_frame.h"
#include "symbols/parsed.h"
#include "symbols/dwarf_lines.h"
#include "symbols/symbols.h"

struct module;

/* Takes ownership of the descriptor, even on errors. at: of the process that has
 * mapped it. The result may be shared. */
int module__open_file(struct found_file *file, const struct module_place *at, struct module **ret);
/* Copies the image; equal bytes give the same module. For the vDSO, and for tests. */
int module__open_memory(const void *image, size_t len, struct module **ret);
/* This file, by its path as processes see it, is from now on as one with which a parser was given up. */
void module__leave_out(const char *path);
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

/* The symbol that covers vaddr, as in the file; or NULL. Valid until the next call. */
const struct elf_symbol *module__function(struct module *m, const struct module_place *at, uint64_t vaddr);

/* Texts are demangled, and valid until the next call for any module. */
struct module_name {
	const char *function; /* NULL: unknown */
	const char *file;     /* as the compiler named it; NULL: unknown */
	int line;
	uint64_t start; /* of the function's code, or of this part of it; only if it is the last */
};

/* The variable that covers vaddr. */
bool module__object(struct module *m, const struct module_place *at, uint64_t vaddr, struct module_name *ret);
/*
 * The functions that contain vaddr, innermost first: inlined ones, then the one with the code, which may be
 * unknown: its start is that of the module then. Returns their number, at least 1.
 */
size_t module__names(struct module *m, const struct module_place *at, enum symbol_lines lines, uint64_t vaddr,
		     struct module_name list[DWARF_FRAMES_MAX]);

enum call_frame_source { CALL_FRAME_EH, CALL_FRAME_DEBUG /* .debug_frame, with its DWARF */ };
/* *ret_ops: valid until the next call for any module. False: none, and ret says whether it has others. */
bool module__call_frame(struct module *m, const struct module_place *at, enum call_frame_source source,
			uint64_t vaddr, unsigned registers, struct call_frame *ret, const Dwarf_Op **ret_ops);

/* dwarf_members.h */
bool module__go_variable(struct module *m, const struct module_place *at, enum symbol_lines lines,
			 const char *variable, uint64_t offset, char *buf, size_t size);
bool module__go_receiver(struct module *m, const struct module_place *at, enum symbol_lines lines,
			 const char *method, uint64_t offset, char *buf, size_t size);

#endif
