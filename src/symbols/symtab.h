/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorted arrays of the symbols of one module, from any number of files. */
#ifndef TS_SYMBOLS_SYMTAB_H
#define TS_SYMBOLS_SYMTAB_H

#include "symbols/elf_file.h"

struct elf_symbol {
	uint64_t start, end;
	const char *name; /* in the file's string table, or owned by the table */
	uint8_t rank;     /* the highest of several at one address is kept */
	bool sized;       /* has a size; otherwise it ends where the next symbol begins */
};

/* The bytes of a string table up to its last NUL: a name that begins in them ends in them. */
size_t symtab__terminated(const Elf_Data *strings);

struct symtab {
	struct elf_symbol *list; /* by start, one each */
	size_t count, room;
	char **owned; /* names made here */
	size_t owned_count, owned_room;
	struct budget_hold hold;
	bool refused; /* it would cost too much: what is in it is not whole */
};

/* Adds what type (SHT_SYMTAB or SHT_DYNSYM) of f holds. f must outlive the table. */
void symtab__add(struct symtab *functions, struct symtab *objects, struct elf_file *f, uint32_t type);
/* Adds stubs of procedure linkage tables as "name@plt". */
void symtab__add_plt(struct symtab *functions, struct elf_file *f);
/* False: it would cost too much. */
bool symtab__push(struct symtab *t, const struct elf_symbol *symbol);
/* name is copied. */
void symtab__push_owned(struct symtab *t, uint64_t start, uint64_t size, const char *name);
/* Before symtab__finish. */
void symtab__drop_sizeless(struct symtab *t);
/* Once after all adds. Without the time for it the table is empty, and refused. */
void symtab__finish(struct symtab *t);
void symtab__free(struct symtab *t);
/* The symbol that covers vaddr, or NULL. */
const struct elf_symbol *symtab__find(const struct symtab *t, uint64_t vaddr);

#endif
