// SPDX-License-Identifier: GPL-2.0-or-later
/* Formats: DWARF 5, sections 7.5.3 (abbreviations) and 6.2.4 (line programs). */
#include "symbols/dwarf_cost.h"

#include <dwarf.h>
#include <malloc.h>
#include <string.h>

#define ENTRIES_MAX    16384 /* of a table: some hundreds; of a whole program linked as one unit, thousands */
#define ATTRIBUTES_MAX 256
#define EMPTY_MAX      16 /* attributes without bytes in the entry, which would make a byte cost microseconds */
#define ROW_COST       120 /* bytes that libdw takes for a row, while it sorts them */
#define ROW_NS         200

/* As libdw left it: uncompressed. */
static Elf_Data *section(const struct elf_file *f, const char *wanted)
{
	size_t names;

	if (elf_getshdrstrndx(f->elf, &names) < 0)
		return NULL;
	for (size_t i = 1; i < f->sections; i++) {
		Elf_Scn *scn = elf_getscn(f->elf, i);
		const char *name;
		GElf_Shdr s;

		if (!scn || !gelf_getshdr(scn, &s) || !(name = elf_strptr(f->elf, names, s.sh_name)))
			continue;
		if (strcmp(name, wanted) == 0)
			return s.sh_type == SHT_NOBITS ? NULL : elf_getdata(scn, NULL);
	}
	return NULL;
}

static uint64_t heap_bytes(void)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
#else
	return 0; /* not known: what is computed before must do */
#endif
}

void dwarf_cost__begin(struct dwarf_cost *c, const struct elf_file *f)
{
	c->file = f->id;
	c->abbreviations = section(f, ".debug_abbrev");
	c->lines = section(f, ".debug_line");
}

void dwarf_cost__resume(struct dwarf_cost *c)
{
	c->heap_bytes = heap_bytes();
}

void dwarf_cost__end(struct dwarf_cost *c)
{
	budget__drop(&c->hold, UINT64_MAX);
}

static uint64_t uleb(const uint8_t **at, const uint8_t *end)
{
	uint64_t v = 0;

	for (unsigned shift = 0; *at < end; shift += 7) {
		uint8_t byte = *(*at)++;

		if (shift < 64)
			v |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return v;
}

/* The attributes of one abbreviation. */
static bool attributes_are_sane(const uint8_t **at, const uint8_t *end)
{
	unsigned empty = 0;

	for (int i = 0; i < ATTRIBUTES_MAX && *at < end; i++) {
		uint64_t name = uleb(at, end), form = uleb(at, end);

		if (!name && !form)
			return true;
		if (form == DW_FORM_implicit_const)
			uleb(at, end);
		empty += form == DW_FORM_implicit_const || form == DW_FORM_flag_present;
		if (empty > EMPTY_MAX)
			return false;
	}
	return false;
}

bool dwarf_cost__table(struct dwarf_cost *c, uint64_t offset)
{
	const uint8_t *at, *end;

	if (c->checked == offset + 1)
		return true;
	if (!c->abbreviations || !c->abbreviations->d_buf || offset >= c->abbreviations->d_size)
		return false;
	at = (const uint8_t *)c->abbreviations->d_buf + offset;
	end = (const uint8_t *)c->abbreviations->d_buf + c->abbreviations->d_size;
	for (int i = 0; i < ENTRIES_MAX && at < end; i++) {
		if (!uleb(&at, end)) {
			c->checked = offset + 1;
			return true;
		}
		uleb(&at, end); /* tag */
		at += at < end; /* children */
		if (!attributes_are_sane(&at, end))
			return false;
	}
	return false;
}

/* The bytes of the program at that offset, its header included. */
static uint64_t program_bytes(const Elf_Data *lines, uint64_t offset)
{
	const uint8_t *b = lines->d_buf;
	uint32_t length;
	uint64_t left, wide;

	if (!b || offset >= lines->d_size || lines->d_size - offset < 16)
		return 0;
	left = lines->d_size - offset;
	memcpy(&length, b + offset, 4);
	memcpy(&wide, b + offset + 4, 8);
	wide = length == UINT32_MAX ? wide : length;
	return wide < left ? wide : left;
}

bool dwarf_cost__lines(struct dwarf_cost *c, Dwarf_Die *unit)
{
	struct budget_hold rows = {0};
	Dwarf_Attribute attribute;
	Dwarf_Word offset;
	Dwarf_Lines *lines;
	uint64_t bytes;
	size_t count;

	if (!c->lines || !dwarf_attr(unit, DW_AT_stmt_list, &attribute) ||
	    dwarf_formudata(&attribute, &offset))
		return true; /* libdw finds none, either */
	/* A byte makes a row, at worst; what it was is known afterwards. */
	bytes = program_bytes(c->lines, offset);
	if (!budget__has_time(bytes * ROW_NS) || !budget__take(&rows, bytes * ROW_COST))
		return false;
	dwarf_getsrclines(unit, &lines, &count); /* libdw keeps the result, even an empty one */
	budget__drop(&rows, UINT64_MAX);
	return dwarf_cost__settle(c);
}

bool dwarf_cost__settle(struct dwarf_cost *c)
{
	uint64_t now = heap_bytes(), more = now > c->heap_bytes ? now - c->heap_bytes : 0;

	if (!budget__take(&c->hold, more))
		return false;
	c->heap_bytes = now;
	return true;
}
