/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names for the stubs of procedure linkage tables: each jumps through one slot
 * of the global offset table, and the slot's relocation names the function.
 * Formats: System V psABI of each architecture; .plt.sec is Intel CET's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/symtab.h"
#include "util/heap.h"

#define STUB_BYTES 16
#define SLOTS_MAX  (1u << 20)
#define SLOT_NS    200 /* to sort it */

struct slot {
	uint64_t address;
	const char *name;
};

struct slots {
	struct slot *list;
	size_t count;
};

static int by_address(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

/* Adds the relocations of one section (.rela.plt, .rela.dyn) that name a symbol. */
static void add_slots(struct elf_file *f, const char *section, struct slots *to)
{
	GElf_Shdr shdr, sym_shdr, str_shdr;
	Elf_Scn *scn = elf_file__section(f, section, SHT_RELA, &shdr), *sym_scn, *str_scn;
	Elf_Data *rela, *syms, *strings;

	if (!scn)
		return;
	sym_scn = elf_getscn(f->elf, shdr.sh_link);
	if (!sym_scn || !gelf_getshdr(sym_scn, &sym_shdr) || sym_shdr.sh_type != SHT_DYNSYM)
		return;
	str_scn = elf_getscn(f->elf, sym_shdr.sh_link);
	if (!str_scn || !gelf_getshdr(str_scn, &str_shdr) || str_shdr.sh_type != SHT_STRTAB)
		return;
	rela = elf_file__data(f, scn, &shdr);
	syms = rela ? elf_file__data(f, sym_scn, &sym_shdr) : NULL;
	strings = syms ? elf_file__data(f, str_scn, &str_shdr) : NULL;
	if (!rela || !syms || !strings || !strings->d_buf || rela->d_type != ELF_T_RELA ||
	    syms->d_type != ELF_T_SYM)
		return;
	size_t count = rela->d_size / gelf_fsize(f->elf, ELF_T_RELA, 1, EV_CURRENT);
	if (!count || count > SLOTS_MAX)
		return;
	size_t usable = symtab__terminated(strings);
	unsigned steps = 0;
	struct slot *list = heap__try_resize(to->list, (to->count + count) * sizeof(*list));
	if (!list)
		return;
	to->list = list;
	for (size_t i = 0; i < count && budget__ticks(&steps); i++) {
		GElf_Rela r;
		GElf_Sym sym;
		const char *name;

		if (!gelf_getrela(rela, (int)i, &r) || !GELF_R_SYM(r.r_info) || r.r_addend != 0 ||
		    GELF_R_SYM(r.r_info) > INT32_MAX || !gelf_getsym(syms, (int)GELF_R_SYM(r.r_info), &sym) ||
		    sym.st_name >= usable)
			continue;
		name = (const char *)strings->d_buf + sym.st_name;
		if (*name)
			list[to->count++] = (struct slot){r.r_offset, name};
	}
}

/* x86_64: [endbr64] [bnd] jmp *disp32(%rip) near the start of the stub. */
static bool stub_slot_x86_64(const uint8_t *code, size_t len, uint64_t address, uint64_t *ret)
{
	for (size_t i = 0; i + 6 <= len && i <= 5; i++) {
		int32_t disp;

		if (code[i] != 0xff || code[i + 1] != 0x25)
			continue;
		memcpy(&disp, code + i + 2, sizeof(disp));
		*ret = address + i + 6 + (uint64_t)(int64_t)disp;
		return true;
	}
	return false;
}

/* aarch64: [bti c] adrp x16, page; ldr x17, [x16, #low] */
static bool stub_slot_aarch64(const uint8_t *code, size_t len, uint64_t address, uint64_t *ret)
{
	for (size_t i = 0; i + 8 <= len && i <= 4; i += 4) {
		uint32_t adrp, ldr;

		memcpy(&adrp, code + i, 4);
		memcpy(&ldr, code + i + 4, 4);
		if ((adrp & 0x9f00001f) != 0x90000010 || (ldr & 0xffc003ff) != 0xf9400211)
			continue;
		uint64_t pages = (uint64_t)(adrp >> 5 & 0x7ffff) << 2 | (adrp >> 29 & 3);
		int64_t delta = (int64_t)(pages << 43) >> 31; /* 21 bits, signed, times 4096 */

		*ret = ((address + i) & ~0xfffULL) + (uint64_t)delta + (uint64_t)(ldr >> 10 & 0xfff) * 8;
		return true;
	}
	return false;
}

static void name_stubs(struct symtab *functions, struct elf_file *f, const char *section,
		       const struct slots *slots, uint16_t machine)
{
	GElf_Shdr shdr;
	Elf_Data *data = elf_file__bytes(f, section);
	size_t step = STUB_BYTES;
	unsigned steps = 0;

	if (!data || !elf_file__section(f, section, 0, &shdr))
		return;
	if (shdr.sh_entsize == 8 || (shdr.sh_entsize == 0 && strcmp(section, ".plt.got") == 0))
		step = 8; /* jmp; xchg %ax,%ax: no lazy binding */
	for (size_t at = 0; at + step <= data->d_size && budget__ticks(&steps); at += step) {
		const uint8_t *code = (const uint8_t *)data->d_buf + at;
		uint64_t address = shdr.sh_addr + at;
		struct slot key = {0}, *slot;
		bool ok = machine == EM_AARCH64 ? stub_slot_aarch64(code, step, address, &key.address)
						: stub_slot_x86_64(code, step, address, &key.address);

		if (!ok)
			continue;
		slot = bsearch(&key, slots->list, slots->count, sizeof(key), by_address);
		if (slot) {
			char name[1100];

			snprintf(name, sizeof(name), "%.1024s@plt", slot->name);
			symtab__push_owned(functions, address, step, name);
		}
	}
}

void symtab__add_plt(struct symtab *functions, struct elf_file *f)
{
	static const char *const sections[] = {".plt", ".plt.sec", ".plt.got"};
	struct slots slots = {0};
	GElf_Ehdr ehdr;

	if (!gelf_getehdr(f->elf, &ehdr) || (ehdr.e_machine != EM_X86_64 && ehdr.e_machine != EM_AARCH64))
		return;
	add_slots(f, ".rela.plt", &slots);
	add_slots(f, ".rela.dyn", &slots);
	if (slots.count && budget__has_time(slots.count * SLOT_NS)) {
		qsort(slots.list, slots.count, sizeof(*slots.list), by_address);
		for (size_t i = 0; i < 3; i++)
			name_stubs(functions, f, sections[i], &slots, ehdr.e_machine);
	}
	free(slots.list);
}
