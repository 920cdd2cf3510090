/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The compilation unit and function that cover an address. libdw's own search needs .debug_aranges (clang
 * writes none) and then walks the whole unit recursively for each look-up; here each unit is walked once,
 * without recursion, because the nesting of a hostile file is unbounded.
 */
#ifndef TS_SYMBOLS_DWARF_UNITS_H
#define TS_SYMBOLS_DWARF_UNITS_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#include "symbols/dwarf_cost.h"

struct dwarf_units;

/* cost is borrowed. */
struct dwarf_units *dwarf_units__new(Dwarf *dwarf, struct dwarf_cost *cost);
/* The file costs too much, and is not looked into any more. */
bool dwarf_units__refused(const struct dwarf_units *u);
/* What libdw has allocated is taken; true: nothing speaks against going on. */
bool dwarf_units__settle(struct dwarf_units *u);
/* Its lines may be asked for. */
bool dwarf_units__lines(struct dwarf_units *u, Dwarf_Die *unit);
void dwarf_units__free(struct dwarf_units *u);
bool dwarf_units__unit(struct dwarf_units *u, uint64_t vaddr, Dwarf_Die *ret);
/* ret_start: first address of the run of code that covers vaddr. */
bool dwarf_units__function(struct dwarf_units *u, Dwarf_Die *unit, uint64_t vaddr, Dwarf_Die *ret,
			   uint64_t *ret_start);
/*
 * The text of an attribute of the entry, or of the one that it was made from; NULL: none. Instead of
 * dwarf_attr_integrate and dwarf_diename: for the skeleton of a split unit these open, by name and in
 * threadscope's own root, whatever file the entry names.
 */
const char *dwarf_units__text(Dwarf_Die *die, unsigned int attribute);
/* Where the entry was made from: its abstract or declaring one. False: nowhere. */
bool dwarf_units__origin(Dwarf_Die *die, Dwarf_Die *ret);
/* Writes the enclosing scopes of the entry, "name::space::class::"; "" at the top of its unit or inside a
 * function.
 */
void dwarf_units__scope(Dwarf_Die *die, char *buf, size_t size);

#endif
