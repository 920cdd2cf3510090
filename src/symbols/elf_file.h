/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An untrusted file, opened with libelf. It is read with pread (ELF_C_READ), not mapped: a truncated mapping
 * kills the reader with SIGBUS, and only the requested sections are read. Each section is read once, so the
 * checked bytes are the used bytes.
 */
#ifndef TS_SYMBOLS_ELF_FILE_H
#define TS_SYMBOLS_ELF_FILE_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/budget.h"

/* Larger files are refused, larger sections count as missing. */
#define ELF_FILE_BYTES_MAX    (8ULL << 30)
#define ELF_SECTION_BYTES_MAX (512ULL << 20)
#define ELF_SECTIONS_MAX      4096 /* of a linked file: some 40 */
#define ELF_LOADED_MAX        24   /* sections whose bytes are read */
#define ELF_PHDRS_MAX         1024

struct elf_file {
	Elf *elf;     /* NULL: not open */
	int fd;       /* -1: from memory */
	void *memory; /* owned copy; NULL: from fd */
	size_t sections, phdrs;
	uint64_t bytes; /* file size */
	uint64_t id;    /* see budget__refuse; 0: of memory */
	struct budget_hold hold;
	uint32_t loaded[ELF_LOADED_MAX]; /* sections that are in it */
	size_t loaded_count;
	bool refused; /* something was left out, for its cost */
};

/* Takes ownership of fd, even on errors. -EINVAL: not an ELF file of this byte order. -E2BIG: its tables are
 * larger than a linker's, or the budget. */
int elf_file__open_fd(int fd, struct elf_file *ret);
/* Takes ownership of memory (from malloc) and of what is held for it, even on errors. */
int elf_file__open_memory(void *memory, size_t len, struct budget_hold *hold, struct elf_file *ret);
void elf_file__close(struct elf_file *f);

/* The first section of that name and type (type 0: any, name NULL: any). NULL if none fits in the file. */
Elf_Scn *elf_file__section(const struct elf_file *f, const char *name, uint32_t type, GElf_Shdr *ret);
/* Uncompressed size of a section, from its header. libelf would read the whole section for that. */
bool elf_file__unpacked(const struct elf_file *f, const GElf_Shdr *s, uint64_t *ret);
/* The bytes of a section with this header, as elf_getdata has them. NULL: compressed, outside of the file,
 * too large, or beyond the budget. */
Elf_Data *elf_file__data(struct elf_file *f, Elf_Scn *scn, const GElf_Shdr *s);
/* Raw bytes of a section, bounded. NULL if missing, empty, compressed or too large. */
Elf_Data *elf_file__bytes(struct elf_file *f, const char *name);
/* The build ID note; 0 if missing. Copies at most size bytes. */
size_t elf_file__build_id(const struct elf_file *f, uint8_t *id, size_t size);

#endif
