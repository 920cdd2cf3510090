/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/image.h"

#include <errno.h>
#include <string.h>

#include "symbols/mapped_file.h"
#include "symbols/symtab.h"
#include "util/text.h"

#define SYMBOLS_MAX   (8u << 20)
#define LIBRARIES_MAX 512

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

static void read_symbols(struct elf_file *f, uint64_t bias, struct go_image *ret)
{
	GElf_Shdr sh, strings;
	Elf_Scn *section = elf_file__section(f, NULL, SHT_SYMTAB, &sh), *names;
	Elf_Data *data = section ? elf_file__data(f, section, &sh) : NULL, *text;
	unsigned steps = 0;
	size_t usable;

	if (!data || sh.sh_entsize != sizeof(Elf64_Sym))
		return;
	names = elf_getscn(f->elf, sh.sh_link);
	text = names && gelf_getshdr(names, &strings) && strings.sh_type == SHT_STRTAB
		       ? elf_file__data(f, names, &strings)
		       : NULL;
	if (!text || !text->d_buf || !text->d_size || !data->d_buf)
		return;
	usable = symtab__terminated(text);
	for (size_t i = 0; i < data->d_size / sizeof(Elf64_Sym) && i < SYMBOLS_MAX && budget__ticks(&steps);
	     i++) {
		Elf64_Sym s;
		const char *name;

		memcpy(&s, (const uint8_t *)data->d_buf + i * sizeof(s), sizeof(s));
		if (s.st_name >= usable || ELF64_ST_TYPE(s.st_info) != STT_OBJECT)
			continue;
		name = (const char *)text->d_buf + s.st_name;
		if (starts_with(name, "runtime."))
			take_symbol(ret, name + 8, s.st_value + bias);
	}
}

struct reading {
	struct mapping first; /* only numbers */
	struct go_image to;
};

static int read_image(struct elf_file *f, void *arg)
{
	struct reading *r = arg;
	struct go_image *to = &r->to;
	uint64_t bias = 0;
	GElf_Ehdr eh;
	int err;

	if (!gelf_getehdr(f->elf, &eh) || eh.e_ident[EI_CLASS] != ELFCLASS64 ||
	    (eh.e_machine != EM_X86_64 && eh.e_machine != EM_AARCH64))
		return -ENOEXEC;
	to->arm64 = eh.e_machine == EM_AARCH64;
	err = read_segments(f, &r->first, to, &bias);
	if (err)
		return err;
	read_sections(f, bias, to);
	if (to->buildinfo || to->pclntab)
		read_symbols(f, bias, to);
	return 0;
}

/* Not read as a bool before it is known to be one. */
static bool is_flag(const bool *b)
{
	return *(const unsigned char *)b <= 1;
}

/* What the parser has sent: its addresses are hints, but its numbers must be some. */
static bool is_sane(const struct go_image *i)
{
	bool sane = is_flag(&i->arm64) && is_flag(&i->has_sections) && i->segment_count <= GO_SEGMENTS_MAX;

	for (unsigned k = 0; sane && k < i->segment_count; k++)
		sane = is_flag(&i->segments[k].writable) && is_flag(&i->segments[k].executable) &&
		       i->segments[k].start <= i->segments[k].end;
	return sane;
}

/* One file of the process. first: its first row in the list of mappings. */
static int read_file(const struct process *p, const struct mapping *first, struct go_image *ret)
{
	struct reading r = {.first = {.start = first->start, .offset = first->offset}};
	int err = mapped_file__read(p, first, read_image, &r, sizeof(r));

	memset(ret, 0, sizeof(*ret));
	if (err || !is_sane(&r.to))
		return !err || err == -EINVAL ? -ENOEXEC : err;
	*ret = r.to;
	return 0;
}

static bool is_library(const struct mappings *maps, size_t i, const struct mapping *program)
{
	const struct mapping *m = &maps->list[i];
	const char *name = strrchr(m->path, '/');

	return name && m->path[0] == '/' && strstr(name, ".so") && strcmp(m->path, program->path) != 0 &&
	       (!i || strcmp(m->path, maps->list[i - 1].path) != 0);
}

/* In a program of another language: a library written in Go (-buildmode=c-shared) has a runtime of its own.
 */
static bool find_library(const struct process *p, const struct mappings *maps, const struct mapping *program,
			 struct go_image *ret)
{
	size_t tried = 0;

	for (size_t i = 0; i < maps->count && tried < LIBRARIES_MAX; i++) {
		struct go_image image;

		if (!is_library(maps, i, program))
			continue;
		tried++;
		if (read_file(p, &maps->list[i], &image) || !image.buildinfo)
			continue;
		*ret = image;
		return true;
	}
	return false;
}

int go_image__read(const struct process *p, struct go_image *ret)
{
	const struct mapping *first;
	struct mappings maps;
	int err = process__mappings(p, &maps);

	memset(ret, 0, sizeof(*ret));
	if (err)
		return err;
	first = first_mapping(p, &maps);
	err = first ? read_file(p, first, ret) : -ENOEXEC;
	if (!err && ret->has_sections && !ret->buildinfo && !ret->pclntab)
		find_library(p, &maps, first, ret);
	mappings__free(&maps);
	return err;
}
