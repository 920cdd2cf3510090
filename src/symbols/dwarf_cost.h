/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libdw would do with a unit of DWARF in one call, before it is asked to: it reads a table of
 * abbreviations up to the one it needs, and a line program whole, with a record of each row.
 */
#ifndef TS_SYMBOLS_DWARF_COST_H
#define TS_SYMBOLS_DWARF_COST_H

#include <elfutils/libdw.h>

#include "symbols/elf_file.h"

struct dwarf_cost {
	uint64_t file; /* see budget__refuse */
	Elf_Data *abbreviations, *lines;
	uint64_t checked;    /* offset of the last table that was found sane, plus 1 */
	uint64_t heap_bytes; /* when it was last settled */
	struct budget_hold hold;
};

/* Once libdw has read (and unpacked) the sections of f. */
void dwarf_cost__begin(struct dwarf_cost *c, const struct elf_file *f);
void dwarf_cost__end(struct dwarf_cost *c);
/* The table at that offset of .debug_abbrev is as compilers write them. */
bool dwarf_cost__table(struct dwarf_cost *c, uint64_t offset);
/* The line program of the unit is affordable; memory is taken for it. Once per unit. */
bool dwarf_cost__lines(struct dwarf_cost *c, Dwarf_Die *unit);
/* Before libdw is used again: what others have allocated does not count. */
void dwarf_cost__resume(struct dwarf_cost *c);
/* Takes what libdw has allocated since. False: too much. */
bool dwarf_cost__settle(struct dwarf_cost *c);

#endif
