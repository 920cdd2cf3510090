/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that may be hostile, opened with libelf. Read with pread (ELF_C_READ),
 * never mapped: a mapped file that its owner truncates kills the reader with
 * SIGBUS, and reading takes only the sections that are asked for. Each section
 * is read once, so what was checked is what is used.
 */
#ifndef TS_SYMBOLS_ELF_FILE_H
#define TS_SYMBOLS_ELF_FILE_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Above these a file is refused, or that section taken as missing. */
#define ELF_FILE_BYTES_MAX    (8ULL << 30)
#define ELF_SECTION_BYTES_MAX (512ULL << 20)
#define ELF_SECTIONS_MAX      65536
#define ELF_PHDRS_MAX         1024

struct elf_file {
	Elf *elf;     /* NULL: not open */
	int fd;       /* -1: from memory */
	void *memory; /* owned copy; NULL: from fd */
	size_t sections, phdrs;
	uint64_t bytes; /* file size */
};

/* Takes fd over, also on errors. -EINVAL: not an ELF file of this byte order. */
int elf_file__open_fd(int fd, struct elf_file *ret);
/* Takes memory (from malloc) over, also on errors. */
int elf_file__open_memory(void *memory, size_t len, struct elf_file *ret);
void elf_file__close(struct elf_file *f);

/* First section of that name or type (type 0: any, name NULL: any). NULL if none that fits in the file. */
Elf_Scn *elf_file__section(const struct elf_file *f, const char *name, uint32_t type, GElf_Shdr *ret);
/* Size of a compressed section once unpacked, by its header. libelf would read all of it for that. */
bool elf_file__unpacked(const struct elf_file *f, const GElf_Shdr *s, uint64_t *ret);
/* Raw bytes of a section, bounded. NULL if missing, empty, compressed or too large. */
Elf_Data *elf_file__bytes(const struct elf_file *f, const char *name);
/* Build ID note; 0 if there is none. At most size bytes are copied. */
size_t elf_file__build_id(const struct elf_file *f, uint8_t *id, size_t size);

#endif
