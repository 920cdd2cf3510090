/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/dwarf_units.h"

#include "util/array.h"
#include "util/heap.h"

#define NESTING_MAX 32          /* namespaces and classes around a function */
#define HOPS_MAX    8           /* from an entry to where it was made from */
#define ENTRIES_MAX (4u << 20)  /* of one unit */
#define UNITS_MAX   (1u << 20)  /* of one file */
#define RANGES_MAX  (16u << 20) /* of one list */
#define BYTE_NS     5           /* to walk over it */
#define SORT_NS     200

/* A run of code and the entry it belongs to. */
struct range {
	uint64_t start, end;
	Dwarf_Off die;
};

struct ranges {
	struct range *list;
	size_t count, room;
};

struct unit {
	Dwarf_Off die;
	uint64_t bytes;
	bool walked, lines_known, lines;
	struct ranges functions;
};

struct dwarf_units {
	Dwarf *dwarf;
	struct dwarf_cost *cost;
	bool listed; /* units and all are filled */
	bool refused;
	struct ranges all;
	struct unit *units; /* by die */
	size_t count, room;
};

static bool push(struct ranges *r, uint64_t start, uint64_t end, Dwarf_Off die)
{
	if (start >= end || r->count >= RANGES_MAX)
		return false;
	*ARRAY_ADD(r->list, r->count, r->room) = (struct range){start, end, die};
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->die < y->die ? -1 : x->die > y->die;
}

static void refuse(struct dwarf_units *u);

static void sort(struct dwarf_units *u, struct ranges *r)
{
	if (!budget__has_time(r->count * SORT_NS))
		refuse(u);
	else if (r->count)
		qsort(r->list, r->count, sizeof(*r->list), compare);
}

/* The innermost range that covers vaddr. */
static const struct range *find(const struct ranges *r, uint64_t vaddr)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (r->list[mid].start <= vaddr)
			low = mid + 1;
		else
			high = mid;
	}
	for (size_t i = low; i > 0 && low - i < 16; i--)
		if (vaddr < r->list[i - 1].end)
			return &r->list[i - 1];
	return NULL;
}

static void add_ranges(struct ranges *to, Dwarf_Die *die)
{
	Dwarf_Addr base, start, end;
	unsigned steps = 0;
	ptrdiff_t at = 0;

	while (budget__ticks(&steps) && (at = dwarf_ranges(die, at, &base, &start, &end)) > 0)
		/* Linkers write address 0 for discarded code. */
		if (start && !push(to, start, end, dwarf_dieoffset(die)) && to->count >= RANGES_MAX)
			break;
}

/* ---- units ------------------------------------------------------------------ */

static void refuse(struct dwarf_units *u)
{
	if (!u->refused)
		budget__refuse(u->cost->file);
	u->refused = true;
}

bool dwarf_units__refused(const struct dwarf_units *u)
{
	return u->refused;
}

bool dwarf_units__settle(struct dwarf_units *u)
{
	if (!dwarf_cost__settle(u->cost) || !budget__has_time(0))
		refuse(u);
	return !u->refused;
}

static void list_units(struct dwarf_units *u)
{
	Dwarf_Off at = 0, next, abbreviations;
	size_t header;

	if (u->listed)
		return;
	u->listed = true;
	while (u->count < UNITS_MAX &&
	       dwarf_nextcu(u->dwarf, at, &next, &header, &abbreviations, NULL, NULL) == 0) {
		Dwarf_Die die;

		if (next <= at)
			break;
		if (!dwarf_cost__table(u->cost, abbreviations)) {
			refuse(u);
			return;
		}
		if (dwarf_offdie(u->dwarf, at + header, &die)) {
			*ARRAY_ADD(u->units, u->count, u->room) =
				(struct unit){.die = dwarf_dieoffset(&die), .bytes = next - at};
			add_ranges(&u->all, &die);
		}
		at = next;
		if (!dwarf_units__settle(u))
			return;
	}
	sort(u, &u->all);
}

struct dwarf_units *dwarf_units__new(Dwarf *dwarf, struct dwarf_cost *cost)
{
	struct dwarf_units *u = HEAP_NEW(struct dwarf_units, 1);

	u->dwarf = dwarf;
	u->cost = cost;
	return u;
}

void dwarf_units__free(struct dwarf_units *u)
{
	if (!u)
		return;
	for (size_t i = 0; i < u->count; i++)
		free(u->units[i].functions.list);
	free(u->units);
	free(u->all.list);
	free(u);
}

bool dwarf_units__unit(struct dwarf_units *u, uint64_t vaddr, Dwarf_Die *ret)
{
	const struct range *r;

	list_units(u);
	r = u->refused ? NULL : find(&u->all, vaddr);
	return r && dwarf_offdie(u->dwarf, r->die, ret);
}

/* ---- functions --------------------------------------------------------------- */

static bool holds_functions(int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_class_type || tag == DW_TAG_structure_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_module || tag == DW_TAG_subprogram ||
	       tag == DW_TAG_enumeration_type;
}

/* Collects all functions with code in the unit, including those in namespaces and functions. */
static void walk_unit(struct unit *unit, Dwarf_Die *root)
{
	Dwarf_Die path[NESTING_MAX];
	size_t depth = 0, seen = 0;
	unsigned steps = 0;

	if (dwarf_child(root, &path[0]) != 0)
		return;
	while (seen++ < ENTRIES_MAX && budget__ticks(&steps)) {
		Dwarf_Die *at = &path[depth];
		int tag = dwarf_tag(at);

		if (tag == DW_TAG_subprogram)
			add_ranges(&unit->functions, at);
		if (holds_functions(tag) && depth + 1 < NESTING_MAX &&
		    dwarf_child(at, &path[depth + 1]) == 0) {
			depth++;
			continue;
		}
		while (dwarf_siblingof(&path[depth], &path[depth]) != 0)
			if (depth-- == 0)
				return;
	}
}

static int compare_units(const void *a, const void *b)
{
	const struct unit *x = a, *y = b;

	return x->die < y->die ? -1 : x->die > y->die;
}

bool dwarf_units__function(struct dwarf_units *u, Dwarf_Die *unit_die, uint64_t vaddr, Dwarf_Die *ret,
			   uint64_t *ret_start)
{
	struct unit key = {.die = dwarf_dieoffset(unit_die)}, *unit;
	const struct range *r;

	unit = bsearch(&key, u->units, u->count, sizeof(key), compare_units);
	if (!unit)
		return false;
	if (!unit->walked && !u->refused) {
		unit->walked = true;
		if (budget__has_time(unit->bytes * BYTE_NS))
			walk_unit(unit, unit_die);
		else
			refuse(u);
		if (dwarf_units__settle(u))
			sort(u, &unit->functions);
	}
	r = u->refused ? NULL : find(&unit->functions, vaddr);
	if (!r || !dwarf_offdie(u->dwarf, r->die, ret))
		return false;
	*ret_start = r->start;
	return true;
}

bool dwarf_units__lines(struct dwarf_units *u, Dwarf_Die *unit_die)
{
	struct unit key = {.die = dwarf_dieoffset(unit_die)}, *unit;

	unit = bsearch(&key, u->units, u->count, sizeof(key), compare_units);
	if (!unit || u->refused)
		return false;
	if (!unit->lines_known) {
		unit->lines_known = true;
		unit->lines = dwarf_cost__lines(u->cost, unit_die);
		if (!unit->lines)
			budget__refuse(u->cost->file);
	}
	return unit->lines;
}

/* ---- names -------------------------------------------------------------------- */

bool dwarf_units__origin(Dwarf_Die *die, Dwarf_Die *ret)
{
	static const unsigned int links[] = {DW_AT_abstract_origin, DW_AT_specification};
	Dwarf_Attribute attr;
	Dwarf_Die next;

	for (size_t i = 0; i < 2; i++) {
		if (dwarf_formref_die(dwarf_attr(die, links[i], &attr), &next)) {
			*ret = next;
			return true;
		}
	}
	return false;
}

const char *dwarf_units__text(Dwarf_Die *die, unsigned int attribute)
{
	Dwarf_Die at = *die;
	Dwarf_Attribute attr;

	for (int hops = 0; hops < HOPS_MAX; hops++) {
		if (dwarf_attr(&at, attribute, &attr))
			return dwarf_formstring(&attr);
		if (!dwarf_units__origin(&at, &at))
			break;
	}
	return NULL;
}

/* ---- scopes -------------------------------------------------------------------- */

/* The child of die that is or encloses the entry at target. Entries lie in the order of the tree. */
static bool child_towards(Dwarf_Die *die, Dwarf_Off target, unsigned int *steps, Dwarf_Die *ret)
{
	Dwarf_Die at, next;

	if (dwarf_child(die, &at) != 0)
		return false;
	while (++*steps < ENTRIES_MAX && ((*steps & 63) || budget__has_time(0)) &&
	       dwarf_dieoffset(&at) <= target) {
		if (dwarf_siblingof(&at, &next) != 0 || dwarf_dieoffset(&next) > target) {
			*ret = at;
			return true;
		}
		at = next;
	}
	return false;
}

static void append(char *buf, size_t size, Dwarf_Die *scope)
{
	const char *name = dwarf_units__text(scope, DW_AT_name);
	size_t used = strlen(buf);

	if (!name && dwarf_tag(scope) == DW_TAG_namespace)
		name = "(anonymous namespace)"; /* as in gdb and demanglers */
	if (name)
		snprintf(buf + used, size - used, "%s::", name);
}

void dwarf_units__scope(Dwarf_Die *die, char *buf, size_t size)
{
	Dwarf_Off target = dwarf_dieoffset(die);
	unsigned int steps = 0;
	Dwarf_Die at, inner;

	buf[0] = '\0';
	if (!dwarf_diecu(die, &at, NULL, NULL))
		return;
	for (int depth = 0; depth < NESTING_MAX && child_towards(&at, target, &steps, &inner); depth++) {
		if (dwarf_dieoffset(&inner) == target)
			return;
		/* Names local to a function need no prefix: the function has a frame of its own. */
		if (dwarf_tag(&inner) == DW_TAG_subprogram)
			buf[0] = '\0';
		else if (holds_functions(dwarf_tag(&inner)))
			append(buf, size, &inner);
		at = inner;
	}
	buf[0] = '\0';
}
