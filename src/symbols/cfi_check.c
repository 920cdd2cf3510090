/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats: DWARF 5, section 6.4; LSB Core, chapter 10.6 (.eh_frame, .eh_frame_hdr). */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/cfi_check.h"

#include "util/array.h"

#define REGISTER_MAX 255 /* no architecture numbers more of them in rules */
#define REMEMBER_MAX 32  /* states on the stack at once */
#define ENTRIES_MAX  (8u << 20)
#define COMMONS_MAX  65536
#define PROGRAM_MAX  (1u << 20) /* bytes: some ms */
#define KNOWN_COST   150        /* of an entry that libdw has found */

struct reader {
	const uint8_t *at, *end;
	bool bad;
};

/* The parts of a common entry that its frame descriptions need. */
struct common {
	uint64_t offset;
	uint8_t pointer; /* DW_EH_PE_ encoding of addresses */
	bool sized;      /* augmentation data with a length */
};

struct check {
	struct common *commons; /* in file order, so sorted */
	size_t common_count, common_room;
	uint64_t *frames; /* offsets of frame descriptions, sorted too */
	size_t frame_count, frame_room;
	struct budget_hold hold;
};

static uint64_t uleb(struct reader *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; r->at < r->end; shift += 7) {
		uint8_t byte = *r->at++;

		if (shift < 64)
			v |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return v;
	}
	r->bad = true;
	return 0;
}

static void skip(struct reader *r, uint64_t n)
{
	if (n > (uint64_t)(r->end - r->at))
		r->bad = true;
	else
		r->at += n;
}

static void skip_block(struct reader *r)
{
	skip(r, uleb(r));
}

static void reg(struct reader *r)
{
	if (uleb(r) > REGISTER_MAX)
		r->bad = true;
}

/* An address in the given encoding; class 8 is that of the ELF file. */
static void skip_pointer(struct reader *r, uint8_t encoding, unsigned address_size)
{
	switch (encoding & 0x0f) {
	case DW_EH_PE_absptr:
		skip(r, address_size);
		break;
	case DW_EH_PE_udata2:
	case DW_EH_PE_sdata2:
		skip(r, 2);
		break;
	case DW_EH_PE_udata4:
	case DW_EH_PE_sdata4:
		skip(r, 4);
		break;
	case DW_EH_PE_udata8:
	case DW_EH_PE_sdata8:
		skip(r, 8);
		break;
	case DW_EH_PE_uleb128:
	case DW_EH_PE_sleb128:
		uleb(r);
		break;
	default:
		r->bad = true;
	}
	if ((encoding & 0x70) == DW_EH_PE_aligned)
		r->bad = true; /* never written */
}

/* The operands of an operation whose upper two bits are clear. */
static void operands(struct reader *r, uint8_t op, uint8_t pointer, unsigned address_size)
{
	switch (op) {
	case DW_CFA_nop:
	case DW_CFA_remember_state:
	case DW_CFA_restore_state:
	case DW_CFA_GNU_window_save: /* DW_CFA_AARCH64_negate_ra_state too */
		break;
	case DW_CFA_set_loc:
		skip_pointer(r, pointer, address_size);
		break;
	case DW_CFA_advance_loc1:
		skip(r, 1);
		break;
	case DW_CFA_advance_loc2:
		skip(r, 2);
		break;
	case DW_CFA_advance_loc4:
		skip(r, 4);
		break;
	case DW_CFA_register:
		reg(r);
		reg(r);
		break;
	case DW_CFA_restore_extended:
	case DW_CFA_undefined:
	case DW_CFA_same_value:
	case DW_CFA_def_cfa_register:
		reg(r);
		break;
	case DW_CFA_offset_extended:
	case DW_CFA_offset_extended_sf:
	case DW_CFA_def_cfa:
	case DW_CFA_def_cfa_sf:
	case DW_CFA_val_offset:
	case DW_CFA_val_offset_sf:
	case DW_CFA_GNU_negative_offset_extended:
		reg(r);
		uleb(r);
		break;
	case DW_CFA_def_cfa_offset:
	case DW_CFA_def_cfa_offset_sf:
	case DW_CFA_GNU_args_size:
		uleb(r);
		break;
	case DW_CFA_def_cfa_expression:
		skip_block(r);
		break;
	case DW_CFA_expression:
	case DW_CFA_val_expression:
		reg(r);
		skip_block(r);
		break;
	default:
		r->bad = true;
	}
}

static bool program_is_sane(struct reader *r, uint8_t pointer, unsigned address_size)
{
	unsigned remembered = 0;

	while (r->at < r->end && !r->bad) {
		uint8_t op = *r->at++;

		if (op >> 6 == DW_CFA_offset >> 6)
			uleb(r);
		else if (op >> 6 == 0)
			operands(r, op, pointer, address_size);
		if (op == DW_CFA_remember_state && ++remembered > REMEMBER_MAX)
			r->bad = true;
		if (op == DW_CFA_restore_state && remembered)
			remembered--;
	}
	return !r->bad;
}

/* ---- entries ------------------------------------------------------------------ */

static bool add_common(struct check *c, uint64_t offset, const Dwarf_CIE *cie, unsigned address_size)
{
	struct common made = {
		.offset = offset, .pointer = DW_EH_PE_absptr, .sized = cie->augmentation[0] == 'z'};
	struct reader data = {cie->augmentation_data, cie->augmentation_data + cie->augmentation_data_size,
			      false};
	struct reader program = {cie->initial_instructions, cie->initial_instructions_end, false};

	for (const char *a = cie->augmentation; made.sized && *a && !data.bad; a++) {
		if (*a == 'R' && data.at < data.end)
			made.pointer = *data.at++;
		else if (*a == 'L')
			skip(&data, 1);
		else if (*a == 'P' && data.at < data.end)
			skip_pointer(&data, *data.at++, address_size);
		else if (*a != 'z' && *a != 'S' && *a != 'B')
			break;
	}
	/* Only very old compilers wrote augmentations without a length ("eh"). */
	if (!made.sized && cie->augmentation[0])
		return false;
	if (data.bad || c->common_count == COMMONS_MAX || program.end - program.at > PROGRAM_MAX ||
	    !program_is_sane(&program, made.pointer, address_size))
		return false;
	*ARRAY_ADD(c->commons, c->common_count, c->common_room) = made;
	return true;
}

static int compare_commons(const void *a, const void *b)
{
	const struct common *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool add_frame(struct check *c, uint64_t offset, const Dwarf_FDE *fde, unsigned address_size)
{
	struct common key = {.offset = fde->CIE_pointer}, *common = NULL;
	struct reader r = {fde->start, fde->end, false};

	if (c->commons)
		common = bsearch(&key, c->commons, c->common_count, sizeof(key), compare_commons);
	/* A pointer into the middle of an entry has not been checked. */
	if (!common)
		return false;
	skip_pointer(&r, common->pointer, address_size);
	skip_pointer(&r, common->pointer & 0x0f, address_size);
	if (common->sized)
		skip_block(&r);
	if (r.bad || r.end - r.at > PROGRAM_MAX || !program_is_sane(&r, common->pointer, address_size))
		return false;
	*ARRAY_ADD(c->frames, c->frame_count, c->frame_room) = offset;
	return true;
}

static bool entries_are_sane(struct check *c, struct elf_file *f, Elf_Data *data, bool eh)
{
	const unsigned char *ident = (const unsigned char *)elf_getident(f->elf, NULL);
	unsigned address_size = gelf_getclass(f->elf) == ELFCLASS32 ? 4 : 8;
	Dwarf_Off at = 0, next = 0;
	unsigned steps = 0;

	/* An entry has 16 bytes or more, its offset 8, in a list that may have twice the room. */
	if (!budget__take(&c->hold, data->d_size))
		return false;
	for (size_t n = 0; n < ENTRIES_MAX && budget__ticks(&steps); n++) {
		Dwarf_CFI_Entry entry;
		int got = dwarf_next_cfi(ident, data, eh, at, &next, &entry);

		if (got > 0)
			return true;
		/* libdw's own search also ends here, and its tables must not lead beyond: see the header.
		 */
		if (got < 0 || next <= at)
			return c->frame_count != 0;
		if (dwarf_cfi_cie_p(&entry) ? !add_common(c, at, &entry.cie, address_size)
					    : !add_frame(c, at, &entry.fde, address_size))
			return false;
		at = next;
	}
	return false;
}

/* ---- the search table -------------------------------------------------------------- */

static int compare_offsets(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* libdw follows the table: each entry must lead to a checked frame. */
static bool table_is_sane(const struct check *c, struct elf_file *f, uint64_t eh_address)
{
	Elf_Data *data = elf_file__bytes(f, ".eh_frame_hdr");
	GElf_Shdr shdr;
	const uint8_t *b;
	uint32_t count;
	unsigned steps = 0;

	/* Without a table libdw goes from entry to entry, and remembers each. */
	if (!data || !elf_file__section(f, ".eh_frame_hdr", 0, &shdr))
		return budget__take(&f->hold, c->frame_count * KNOWN_COST);
	b = data->d_buf;
	/* Every linker writes these encodings. Version, pointer: 4 bytes; count: 4; table: 4 + 4, relative.
	 */
	if (data->d_size >= 4 && b[3] == DW_EH_PE_omit)
		return budget__take(&f->hold, c->frame_count * KNOWN_COST);
	if (data->d_size < 12 || b[0] != 1 || (b[1] & 0x0f) != DW_EH_PE_sdata4 || b[2] != DW_EH_PE_udata4 ||
	    b[3] != (DW_EH_PE_datarel | DW_EH_PE_sdata4))
		return false;
	memcpy(&count, b + 8, 4);
	if (count > (data->d_size - 12) / 8)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		int32_t where;
		uint64_t offset;

		if (!budget__ticks(&steps))
			return false;
		memcpy(&where, b + 12 + 8 * (size_t)i + 4, 4);
		offset = shdr.sh_addr + (uint64_t)(int64_t)where - eh_address;
		if (!c->frames ||
		    !bsearch(&offset, c->frames, c->frame_count, sizeof(offset), compare_offsets))
			return false;
	}
	return true;
}

static void release(struct check *c)
{
	free(c->commons);
	free(c->frames);
	budget__drop(&c->hold, UINT64_MAX);
}

/* With several sections of one name, libdw would use another one than this check; no linker writes several.
 */
static bool is_single(const struct elf_file *f, const char *wanted)
{
	size_t names, found = 0;

	if (elf_getshdrstrndx(f->elf, &names) < 0)
		return false;
	for (size_t i = 1; i < f->sections; i++) {
		Elf_Scn *scn = elf_getscn(f->elf, i);
		GElf_Shdr shdr;
		const char *name =
			scn && gelf_getshdr(scn, &shdr) ? elf_strptr(f->elf, names, shdr.sh_name) : NULL;

		found += name && strcmp(name, wanted) == 0;
	}
	return found <= 1;
}

bool cfi_check__eh_frame(struct elf_file *f)
{
	struct check c = {0};
	Elf_Data *data = elf_file__bytes(f, ".eh_frame");
	GElf_Shdr shdr;
	bool ok;

	if (!data || !elf_file__section(f, ".eh_frame", 0, &shdr) || !is_single(f, ".eh_frame") ||
	    !is_single(f, ".eh_frame_hdr"))
		return false;
	ok = entries_are_sane(&c, f, data, true) && table_is_sane(&c, f, shdr.sh_addr);
	release(&c);
	return ok;
}

bool cfi_check__bytes(struct elf_file *f, Elf_Data *data, bool eh)
{
	struct check c = {0};
	bool ok = entries_are_sane(&c, f, data, eh);

	release(&c);
	return ok;
}
