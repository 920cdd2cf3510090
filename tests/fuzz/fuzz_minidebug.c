/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A .gnu_debugdata section: any bytes as what stands in it, and as what it unpacks to, because no change of a
 * packed stream would come that far.
 */
#include <elf.h>
#include <lzma.h>

#include "symbols/debug_file.h"
#include "symbols/symtab.h"
#include "tests/fuzz/fuzz.h"

static const char NAMES[] = "\0.gnu_debugdata\0.shstrtab";

struct outer {
	Elf64_Ehdr head;
	Elf64_Shdr sections[3];
	char names[sizeof(NAMES)];
};

/* An ELF file with nothing else; the caller frees it. */
static uint8_t *around(const uint8_t *packed, size_t size, size_t *ret_size)
{
	struct outer o = {
		.head = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
			 .e_type = ET_DYN,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_shoff = offsetof(struct outer, sections),
			 .e_ehsize = sizeof(Elf64_Ehdr),
			 .e_shentsize = sizeof(Elf64_Shdr),
			 .e_shnum = 3,
			 .e_shstrndx = 2},
		.sections = {{0},
			     {.sh_name = 1,
			      .sh_type = SHT_PROGBITS,
			      .sh_offset = sizeof(struct outer),
			      .sh_size = size},
			     {.sh_name = 16,
			      .sh_type = SHT_STRTAB,
			      .sh_offset = offsetof(struct outer, names),
			      .sh_size = sizeof(NAMES)}},
	};
	uint8_t *file = malloc(sizeof(o) + size);

	if (!file)
		abort();
	memcpy(o.names, NAMES, sizeof(NAMES));
	memcpy(file, &o, sizeof(o));
	if (size)
		memcpy(file + sizeof(o), packed, size);
	*ret_size = sizeof(o) + size;
	return file;
}

static void unpack(const uint8_t *packed, size_t size)
{
	struct symtab functions = {0}, objects = {0};
	struct elf_file f, mini;
	size_t bytes;
	uint8_t *file = around(packed, size, &bytes);

	budget__begin(NULL, BUDGET_NAMES);
	if (!elf_file__open_memory(file, bytes, NULL, &f)) {
		if (!debug_file__unpack_mini(&f, &mini)) {
			symtab__add(&functions, &objects, &mini, SHT_SYMTAB);
			elf_file__close(&mini);
		}
		elf_file__close(&f);
	}
	for (size_t i = 0; i < functions.count && i < 1000; i++)
		symtab__find(&functions, functions.list[i].start);
	symtab__free(&functions);
	symtab__free(&objects);
	budget__end();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t room = lzma_stream_buffer_bound(size), used = 0;
	uint8_t *packed = malloc(room);

	fuzz__new_run();
	unpack(data, size);
	if (!packed || lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, data, size, packed, &used, room))
		abort();
	unpack(packed, used);
	free(packed);
	if (budget__bytes())
		abort();
	return 0;
}
