/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/image.h"

#include <errno.h>
#include <string.h>

#include "symbols/elf_file.h"

#define SYMBOLS_MAX (8u << 20)

/* The first row of the executable in the list of mappings. */
static const struct mapping *first_mapping(const struct process *p, const struct mappings *maps)
{
	for (size_t i = 0; i < maps->count; i++)
		if (maps->list[i].path[0] == '/' && !strcmp(maps->list[i].path, process__exe(p)))
			return &maps->list[i];
	return NULL;
}

static int read_segments(struct elf_file *f, const struct mapping *first, struct go_image *ret,
			 uint64_t *ret_bias)
{
	bool found = false;

	for (size_t i = 0; i < f->phdrs; i++) {
		GElf_Phdr ph;
		struct go_segment *s;

		if (!gelf_getphdr(f->elf, (int)i, &ph) || ph.p_type != PT_LOAD)
			continue;
		/* The first row of the file is of the segment that covers its offset. */
		if (!found && first->offset <= ph.p_offset && ph.p_offset - first->offset < 65536) {
			*ret_bias = first->start + (ph.p_offset - first->offset) - ph.p_vaddr;
			found = true;
		}
		if (!found || ret->segment_count == GO_SEGMENTS_MAX || ph.p_vaddr + ph.p_memsz < ph.p_vaddr)
			continue;
		s = &ret->segments[ret->segment_count++];
		s->start = ph.p_vaddr + *ret_bias;
		s->end = s->start + ph.p_memsz;
		s->writable = ph.p_flags & PF_W;
		s->executable = ph.p_flags & PF_X;
	}
	return found ? 0 : -ENOEXEC;
}

static void read_sections(const struct elf_file *f, uint64_t bias, struct go_image *ret)
{
	static const char *const pclntabs[] = {".gopclntab", ".data.rel.ro.gopclntab"};
	GElf_Shdr sh;

	ret->has_sections = f->sections > 1;
	if (elf_file__section(f, ".go.buildinfo", 0, &sh))
		ret->buildinfo = sh.sh_addr + bias;
	if (elf_file__section(f, ".go.module", 0, &sh))
		ret->moduledata = sh.sh_addr + bias;
	for (size_t i = 0; i < 2; i++)
		if (!ret->pclntab && elf_file__section(f, pclntabs[i], 0, &sh))
			ret->pclntab = sh.sh_addr + bias;
}

static void take_symbol(struct go_image *ret, const char *name, uint64_t address)
{
	const struct {
		const char *name;
		uint64_t *to;
	} wanted[] = {
		{"allgs", &ret->allgs},
		{"sched", &ret->sched},
		{"allp", &ret->allp},
		{"semtable", &ret->semtable},
		{"buildVersion", &ret->version},
		{"gcphase", &ret->gcphase},
		{"firstmoduledata", &ret->moduledata},
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!strcmp(name, wanted[i].name))
			*wanted[i].to = address;
}

static void read_symbols(const struct elf_file *f, uint64_t bias, struct go_image *ret)
{
	GElf_Shdr sh, strings;
	Elf_Scn *section = elf_file__section(f, NULL, SHT_SYMTAB, &sh), *names;
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL, *text;

	if (!data || sh.sh_entsize != sizeof(Elf64_Sym) || sh.sh_size > ELF_SECTION_BYTES_MAX)
		return;
	names = elf_getscn(f->elf, sh.sh_link);
	text = names && gelf_getshdr(names, &strings) && strings.sh_type == SHT_STRTAB &&
			       strings.sh_size <= ELF_SECTION_BYTES_MAX
		       ? elf_rawdata(names, NULL)
		       : NULL;
	if (!text || !text->d_buf || !text->d_size || !data->d_buf)
		return;
	for (size_t i = 0; i < data->d_size / sizeof(Elf64_Sym) && i < SYMBOLS_MAX; i++) {
		Elf64_Sym s;
		const char *name;
		size_t room;

		memcpy(&s, (const uint8_t *)data->d_buf + i * sizeof(s), sizeof(s));
		if (s.st_name >= text->d_size || ELF64_ST_TYPE(s.st_info) != STT_OBJECT)
			continue;
		name = (const char *)text->d_buf + s.st_name;
		room = text->d_size - s.st_name;
		if (room > 9 && !memcmp(name, "runtime.", 8) && memchr(name, 0, room))
			take_symbol(ret, name + 8, s.st_value + bias);
	}
}

int go_image__read(const struct process *p, struct go_image *ret)
{
	struct mappings maps;
	struct elf_file f;
	GElf_Ehdr eh;
	uint64_t bias = 0;
	const struct mapping *first;
	int fd, err = process__mappings(p, &maps);

	memset(ret, 0, sizeof(*ret));
	if (err)
		return err;
	first = first_mapping(p, &maps);
	fd = first ? process__open_mapping(p, first) : -ENOEXEC;
	err = fd < 0 ? fd : elf_file__open_fd(fd, &f);
	if (err) {
		mappings__free(&maps);
		return err == -EINVAL ? -ENOEXEC : err;
	}
	if (!gelf_getehdr(f.elf, &eh) || eh.e_ident[EI_CLASS] != ELFCLASS64 ||
	    (eh.e_machine != EM_X86_64 && eh.e_machine != EM_AARCH64))
		err = -ENOEXEC;
	ret->arm64 = !err && eh.e_machine == EM_AARCH64;
	if (!err)
		err = read_segments(&f, first, ret, &bias);
	if (!err) {
		read_sections(&f, bias, ret);
		if (ret->buildinfo || ret->pclntab)
			read_symbols(&f, bias, ret);
	}
	elf_file__close(&f);
	mappings__free(&maps);
	return err;
}
