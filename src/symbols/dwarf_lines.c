/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dwarf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/cfi_check.h"
#include "symbols/debug_file.h"
#include "symbols/dwarf_lines.h"
#include "symbols/dwarf_units.h"
#include "symbols/parsed.h"
#include "util/heap.h"

/* libdw reads (and unpacks) every .debug_ section when it opens a file. */
#define DWARF_BYTES_MAX (1ULL << 30)
#define BYTES_PER_NS    2 /* that are copied */
/* Inflating a byte takes about as long as reading this many. */
#define UNPACK_FACTOR 4
/* Depth of blocks in blocks of one function. */
#define NESTING_MAX 64
/* Limit of entries per function, against loops of references. */
#define STEPS_MAX 200000

struct dwarf_lines {
	struct elf_file *file;
	Dwarf *dwarf, *alt;
	Dwarf_CFI *cfi; /* libdw's, freed with dwarf */
	bool cfi_tried;
	struct elf_file alt_file;
	struct budget_hold hold;
	struct dwarf_cost cost;
	struct dwarf_units *units;
};

/* Sum of the uncompressed sizes of .debug_ sections, times a factor for compressed ones; 0 without
 * .debug_info, or with the obsolete compression. */
static uint64_t dwarf_bytes(const struct elf_file *f, uint64_t packed_factor)
{
	uint64_t sum = 0;
	bool info = false;
	size_t names;

	if (elf_getshdrstrndx(f->elf, &names) < 0)
		return 0;
	for (size_t i = 1; i < f->sections; i++) {
		Elf_Scn *scn = elf_getscn(f->elf, i);
		uint64_t unpacked;
		GElf_Shdr s;
		const char *name;

		if (!scn || !gelf_getshdr(scn, &s) || !(name = elf_strptr(f->elf, names, s.sh_name)))
			continue;
		if (strncmp(name, ".zdebug", 7) == 0)
			return 0;
		/* libdw reads those of a link that is not yet done as well. */
		if (strncmp(name, ".gnu.debuglto_", 14) == 0)
			name += 14;
		if (strncmp(name, ".debug_", 7) != 0 || s.sh_type == SHT_NOBITS)
			continue;
		bool packed = (s.sh_flags & SHF_COMPRESSED) && elf_file__unpacked(f, &s, &unpacked);
		if (packed)
			s.sh_size = unpacked;
		if (s.sh_size > DWARF_BYTES_MAX)
			return 0;
		sum += packed ? s.sh_size * packed_factor : s.sh_size;
		info |= strcmp(name, ".debug_info") == 0 || strcmp(name, ".debug_frame") == 0;
	}
	return info ? sum : 0;
}

/* References lead anywhere in it, so all of it counts from the start. */
static bool may_open_alt(struct dwarf_lines *d)
{
	uint64_t bytes = dwarf_bytes(&d->alt_file, 1);

	if (bytes && bytes <= DWARF_BYTES_MAX && budget__has_time(bytes / BYTES_PER_NS) &&
	    budget__take(&d->hold, bytes))
		return true;
	budget__refuse(d->alt_file.id);
	return false;
}

static void set_alt(struct dwarf_lines *d, struct elf_file *f, const struct module_place *at)
{
	if (debug_file__open_alt(f, at, &d->alt_file) == 0 && may_open_alt(d))
		d->alt = dwarf_begin_elf(d->alt_file.elf, DWARF_C_READ, NULL);
	/* By default libdw would open any path that the file names, even a FIFO. Its own mark for "searched,
	 * none" prevents that. */
	dwarf_setalt(d->dwarf, d->alt ? d->alt : (Dwarf *)-1);
}

uint64_t dwarf_lines__work(const struct elf_file *f)
{
	return f->elf ? dwarf_bytes(f, UNPACK_FACTOR) : 0;
}

int dwarf_lines__new(struct elf_file *f, const struct module_place *at, struct dwarf_lines **ret)
{
	struct dwarf_lines *d;
	uint64_t bytes = dwarf_bytes(f, 1);
	struct budget_hold hold = {0};

	if (!bytes)
		return -ENOENT;
	if (bytes > DWARF_BYTES_MAX || !budget__has_time(bytes / BYTES_PER_NS) ||
	    !budget__take(&hold, bytes)) {
		budget__refuse(f->id);
		return -E2BIG;
	}
	d = HEAP_NEW(struct dwarf_lines, 1);
	d->file = f;
	d->hold = hold;
	d->alt_file.fd = -1;
	d->dwarf = dwarf_begin_elf(f->elf, DWARF_C_READ, NULL);
	if (!d->dwarf) {
		budget__drop(&d->hold, UINT64_MAX);
		free(d);
		return -ENOENT;
	}
	set_alt(d, f, at);
	dwarf_cost__begin(&d->cost, f);
	d->units = dwarf_units__new(d->dwarf, &d->cost);
	*ret = d;
	return 0;
}

/* All but the sections, which libelf keeps. */
static void give_up(struct dwarf_lines *d)
{
	if (!d->dwarf)
		return;
	dwarf_units__free(d->units);
	dwarf_end(d->dwarf);
	if (d->alt)
		dwarf_end(d->alt);
	d->units = NULL;
	d->dwarf = d->alt = NULL;
	d->cfi = NULL;
	d->cfi_tried = true;
	dwarf_cost__end(&d->cost);
}

void dwarf_lines__free(struct dwarf_lines *d)
{
	if (!d)
		return;
	give_up(d);
	elf_file__close(&d->alt_file);
	budget__drop(&d->hold, UINT64_MAX);
	free(d);
}

Dwarf *dwarf_lines__dwarf(struct dwarf_lines *d)
{
	Dwarf_Die unit;

	if (!d->dwarf)
		return NULL;
	dwarf_cost__resume(&d->cost);
	dwarf_units__unit(d->units, 0, &unit); /* checks all units */
	if (dwarf_units__refused(d->units))
		give_up(d);
	return d->dwarf;
}

/* As left by libdw: uncompressed. */
static Elf_Data *debug_frame_bytes(const struct elf_file *f)
{
	size_t names;

	if (elf_getshdrstrndx(f->elf, &names) < 0)
		return NULL;
	for (size_t i = 1; i < f->sections; i++) {
		Elf_Scn *scn = elf_getscn(f->elf, i);
		GElf_Shdr s;
		const char *name;

		if (!scn || !gelf_getshdr(scn, &s) || !(name = elf_strptr(f->elf, names, s.sh_name)))
			continue;
		if (strcmp(name, ".debug_frame") == 0)
			return s.sh_type == SHT_NOBITS ? NULL : elf_getdata(scn, NULL);
	}
	return NULL;
}

Dwarf_CFI *dwarf_lines__cfi(struct dwarf_lines *d)
{
	if (!d->cfi_tried) {
		Elf_Data *data = debug_frame_bytes(d->file);

		d->cfi_tried = true;
		if (data && data->d_buf && cfi_check__bytes(d->file, data, false))
			d->cfi = dwarf_getcfi(d->dwarf);
	}
	return d->cfi;
}

/* ---- names ------------------------------------------------------------------ */

/* The entry with the plain name: the declaration, inside its class and namespace. */
static bool declaration(Dwarf_Die *die, Dwarf_Die *ret)
{
	*ret = *die;
	for (int hops = 0; hops < 8; hops++)
		if (!dwarf_units__origin(ret, ret))
			return dwarf_hasattr(ret, DW_AT_name);
	return false;
}

static void set_name(struct dwarf_frame *to, Dwarf_Die *die)
{
	static const unsigned int kinds[] = {DW_AT_linkage_name, DW_AT_MIPS_linkage_name};
	Dwarf_Die from;

	to->scope[0] = '\0';
	for (size_t i = 0; i < 2; i++) {
		to->name = dwarf_units__text(die, kinds[i]);
		if (to->name && *to->name)
			return;
	}
	to->name = dwarf_units__text(die, DW_AT_name);
	if (to->name && declaration(die, &from))
		dwarf_units__scope(&from, to->scope, sizeof(to->scope));
}

static void call_site(Dwarf_Die *unit, Dwarf_Die *inlined, struct dwarf_frame *to)
{
	Dwarf_Attribute attr;
	Dwarf_Word file, line;
	Dwarf_Files *files;
	size_t count;

	if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attr), &line) == 0 && line < INT32_MAX)
		to->line = (int)line;
	if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attr), &file) == 0 &&
	    dwarf_getsrcfiles(unit, &files, &count) == 0 && file < count)
		to->file = dwarf_filesrc(files, file, NULL, NULL);
}

/* ---- the chain of inlined calls ---------------------------------------------- */

/* The child of die with code that covers vaddr. False if none. */
static bool child_at(Dwarf_Die *die, uint64_t vaddr, unsigned int *steps, Dwarf_Die *ret)
{
	Dwarf_Die child;
	int more = dwarf_child(die, &child);

	while (more == 0 && ++*steps < STEPS_MAX && ((*steps & 63) || budget__has_time(0))) {
		int tag = dwarf_tag(&child);

		if ((tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block ||
		     tag == DW_TAG_try_block || tag == DW_TAG_catch_block) &&
		    dwarf_haspc(&child, vaddr) > 0) {
			*ret = child;
			return true;
		}
		more = dwarf_siblingof(&child, &child);
	}
	return false;
}

/* Inlined calls from the function inwards. Returns their number. */
static size_t inlined_chain(Dwarf_Die *function, uint64_t vaddr, Dwarf_Die chain[DWARF_FRAMES_MAX - 1])
{
	Dwarf_Die at = *function, inner;
	unsigned int steps = 0;
	size_t n = 0;

	for (int depth = 0; depth < NESTING_MAX && child_at(&at, vaddr, &steps, &inner); depth++) {
		if (dwarf_tag(&inner) == DW_TAG_inlined_subroutine) {
			if (n == DWARF_FRAMES_MAX - 1)
				break;
			chain[n++] = inner;
		}
		at = inner;
	}
	return n;
}

static size_t look_up(struct dwarf_lines *d, uint64_t vaddr, struct dwarf_frame list[DWARF_FRAMES_MAX])
{
	Dwarf_Die unit, function, chain[DWARF_FRAMES_MAX - 1];
	struct dwarf_frame here = {0};
	Dwarf_Line *line;
	uint64_t start;
	bool has_lines;
	size_t n;

	list[0] = here;
	dwarf_cost__resume(&d->cost);
	if (!dwarf_units__unit(d->units, vaddr, &unit))
		return 0;
	has_lines = dwarf_units__lines(d->units, &unit);
	line = has_lines ? dwarf_getsrc_die(&unit, vaddr) : NULL;
	if (line) {
		here.file = dwarf_linesrc(line, NULL, NULL);
		if (dwarf_lineno(line, &here.line) < 0)
			here.line = 0;
	}
	list[0] = here;
	if (!dwarf_units__function(d->units, &unit, vaddr, &function, &start))
		return 0;
	n = inlined_chain(&function, vaddr, chain);
	/* Each frame's line is that of its call of the next inner one. */
	for (size_t i = n; i > 0; i--) {
		list[n - i] = here;
		set_name(&list[n - i], &chain[i - 1]);
		here = (struct dwarf_frame){0};
		if (has_lines)
			call_site(&unit, &chain[i - 1], &here);
		if (!dwarf_units__settle(d->units))
			return 0;
	}
	list[n] = here;
	set_name(&list[n], &function);
	list[n].start = start;
	dwarf_units__settle(d->units);
	return n + 1;
}

size_t dwarf_lines__find(struct dwarf_lines *d, uint64_t vaddr, struct dwarf_frame list[DWARF_FRAMES_MAX])
{
	size_t n = d->dwarf ? look_up(d, vaddr, list) : 0;

	if (!d->dwarf || dwarf_units__refused(d->units)) {
		give_up(d); /* its memory is worth more elsewhere */
		list[0] = (struct dwarf_frame){0};
		n = 0;
	}
	return n;
}
