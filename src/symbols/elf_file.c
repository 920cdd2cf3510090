/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/elf_file.h"

#define SECTION_COST      320        /* libelf's own record */
#define SECTION_NAMES_MAX (4u << 20) /* some 500 bytes in most files */
#define NOTES_TRIED       64         /* sections and segments, each of up to 64 KiB */

struct head {
	uint64_t sections_at;
	uint32_t sections, names;
};

static int get(const struct elf_file *f, uint64_t at, void *to, size_t size)
{
	if (at > f->bytes || size > f->bytes - at)
		return -EINVAL;
	if (f->memory)
		memcpy(to, (char *)f->memory + at, size);
	else if (pread(f->fd, to, size, (off_t)at) != (ssize_t)size)
		return -EINVAL;
	return 0;
}

static int read_section(const struct elf_file *f, bool is_64, const struct head *h, uint32_t index,
			Elf64_Shdr *ret)
{
	Elf32_Shdr small;
	int err;

	if (is_64)
		return get(f, h->sections_at + (uint64_t)index * sizeof(*ret), ret, sizeof(*ret));
	err = get(f, h->sections_at + (uint64_t)index * sizeof(small), &small, sizeof(small));
	if (!err)
		*ret = (Elf64_Shdr){
			.sh_size = small.sh_size, .sh_link = small.sh_link, .sh_offset = small.sh_offset};
	return err;
}

static int read_head(const struct elf_file *f, bool is_64, struct head *ret)
{
	Elf64_Ehdr e;
	Elf32_Ehdr small;
	int err = is_64 ? get(f, 0, &e, sizeof(e)) : get(f, 0, &small, sizeof(small));

	if (err)
		return err;
	*ret = is_64 ? (struct head){e.e_shoff, e.e_shnum, e.e_shstrndx}
		     : (struct head){small.e_shoff, small.e_shnum, small.e_shstrndx};
	return 0;
}

/*
 * Before libelf sees it: that makes a record of each section, whose number may come from the first one's
 * size, and reads the section with all names at the first question for one. Byte order: see check.
 */
static int check_head(struct elf_file *f)
{
	unsigned char ident[EI_NIDENT];
	Elf64_Shdr first = {0}, names = {0};
	struct head h;
	bool is_64;

	if (get(f, 0, ident, sizeof(ident)) || memcmp(ident, ELFMAG, SELFMAG) != 0)
		return -EINVAL;
	is_64 = ident[EI_CLASS] == ELFCLASS64;
	if (read_head(f, is_64, &h))
		return -EINVAL;
	if (!h.sections_at)
		return 0;
	if ((!h.sections || h.names == SHN_XINDEX) && !read_section(f, is_64, &h, 0, &first)) {
		if (first.sh_size > UINT32_MAX)
			return -E2BIG;
		h.sections = h.sections ? h.sections : (uint32_t)first.sh_size;
		h.names = h.names == SHN_XINDEX ? first.sh_link : h.names;
	}
	if (h.sections > ELF_SECTIONS_MAX)
		return -E2BIG;
	if (h.names && h.names < h.sections && !read_section(f, is_64, &h, h.names, &names) &&
	    names.sh_size > SECTION_NAMES_MAX)
		return -E2BIG;
	if (names.sh_size > f->bytes)
		names.sh_size = 0;
	return budget__take(&f->hold, h.sections * SECTION_COST + names.sh_size) ? 0 : -E2BIG;
}

static int check(struct elf_file *f)
{
	GElf_Ehdr ehdr;

	if (!f->elf || elf_kind(f->elf) != ELF_K_ELF || !gelf_getehdr(f->elf, &ehdr))
		return -EINVAL;
		/* Tables are used without conversion; a target of the other byte order cannot run here.
		 */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (ehdr.e_ident[EI_DATA] != ELFDATA2LSB)
		return -EINVAL;
#else
	if (ehdr.e_ident[EI_DATA] != ELFDATA2MSB)
		return -EINVAL;
#endif
	if (elf_getshdrnum(f->elf, &f->sections) < 0 || f->sections > ELF_SECTIONS_MAX)
		f->sections = 0;
	if (elf_getphdrnum(f->elf, &f->phdrs) < 0 || f->phdrs > ELF_PHDRS_MAX)
		f->phdrs = 0;
	return 0;
}

/* Takes over what f has so far, even on errors. */
static int open_checked(struct elf_file *f, struct elf_file *ret)
{
	int err = check_head(f);

	elf_version(EV_CURRENT);
	if (!err) {
		f->elf = f->memory ? elf_memory(f->memory, f->bytes) : elf_begin(f->fd, ELF_C_READ, NULL);
		err = check(f);
	}
	if (err == -E2BIG)
		budget__refuse(f->id);
	if (err) {
		elf_file__close(f);
		return err;
	}
	*ret = *f;
	return 0;
}

int elf_file__open_fd(int fd, struct elf_file *ret)
{
	struct elf_file f = {.fd = fd};
	struct stat st;
	int err = 0;

	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size < EI_NIDENT || (uint64_t)st.st_size > ELF_FILE_BYTES_MAX)
		err = -EINVAL;
	if (err) {
		elf_file__close(&f);
		return err;
	}
	f.bytes = (uint64_t)st.st_size;
	f.id = budget__file(&st);
	/* A copy in memory (see bounded_open.h) is there as long as it is open. */
	if (fcntl(fd, F_GET_SEALS) >= 0 && !budget__take(&f.hold, f.bytes)) {
		budget__refuse(f.id);
		elf_file__close(&f);
		return -E2BIG;
	}
	return open_checked(&f, ret);
}

int elf_file__open_memory(void *memory, size_t len, struct budget_hold *hold, struct elf_file *ret)
{
	struct elf_file f = {.fd = -1, .memory = memory, .bytes = len};

	if (hold) {
		f.hold = *hold;
		memset(hold, 0, sizeof(*hold));
	}
	return open_checked(&f, ret);
}

void elf_file__close(struct elf_file *f)
{
	if (f->elf)
		elf_end(f->elf);
	if (f->fd >= 0 && !f->memory)
		close(f->fd);
	free(f->memory);
	budget__drop(&f->hold, UINT64_MAX);
	memset(f, 0, sizeof(*f));
	f->fd = -1;
}

static bool in_file(const struct elf_file *f, const GElf_Shdr *s)
{
	return s->sh_type == SHT_NOBITS ||
	       (s->sh_offset <= f->bytes && s->sh_size <= f->bytes - s->sh_offset);
}

Elf_Scn *elf_file__section(const struct elf_file *f, const char *name, uint32_t type, GElf_Shdr *ret)
{
	size_t names;

	if (!f->elf || !f->sections || elf_getshdrstrndx(f->elf, &names) < 0)
		return NULL;
	for (size_t i = 1; i < f->sections; i++) {
		Elf_Scn *scn = elf_getscn(f->elf, i);
		const char *own;

		if (!scn || !gelf_getshdr(scn, ret) || (type && ret->sh_type != type) || !in_file(f, ret))
			continue;
		if (!name)
			return scn;
		own = elf_strptr(f->elf, names, ret->sh_name);
		if (own && strcmp(own, name) == 0)
			return scn;
	}
	return NULL;
}

bool elf_file__unpacked(const struct elf_file *f, const GElf_Shdr *s, uint64_t *ret)
{
	Elf32_Chdr small;
	Elf64_Chdr c;
	bool is_64 = gelf_getclass(f->elf) == ELFCLASS64;
	void *to = is_64 ? (void *)&c : (void *)&small;
	size_t size = is_64 ? sizeof(c) : sizeof(small);

	if (!in_file(f, s) || s->sh_type == SHT_NOBITS || s->sh_size < size)
		return false;
	if (get(f, s->sh_offset, to, size))
		return false;
	*ret = is_64 ? c.ch_size : small.ch_size;
	return true;
}

/* libelf reads the bytes of a section once, and keeps them. */
static bool load(struct elf_file *f, Elf_Scn *scn, uint64_t bytes)
{
	uint32_t index = (uint32_t)elf_ndxscn(scn);

	if (f->memory)
		return true;
	for (size_t i = 0; i < f->loaded_count; i++)
		if (f->loaded[i] == index)
			return true;
	if (f->loaded_count == ELF_LOADED_MAX || !budget__take(&f->hold, bytes)) {
		f->refused = true;
		return false;
	}
	f->loaded[f->loaded_count++] = index;
	return true;
}

static bool may_read(struct elf_file *f, Elf_Scn *scn, const GElf_Shdr *s)
{
	if (s->sh_type == SHT_NOBITS || (s->sh_flags & SHF_COMPRESSED) || !in_file(f, s))
		return false;
	if (s->sh_size > ELF_SECTION_BYTES_MAX) {
		f->refused = true;
		return false;
	}
	return load(f, scn, s->sh_size);
}

Elf_Data *elf_file__data(struct elf_file *f, Elf_Scn *scn, const GElf_Shdr *s)
{
	return may_read(f, scn, s) ? elf_getdata(scn, NULL) : NULL;
}

Elf_Data *elf_file__bytes(struct elf_file *f, const char *name)
{
	GElf_Shdr shdr;
	Elf_Scn *scn = elf_file__section(f, name, 0, &shdr);
	Elf_Data *data;

	if (!scn || !may_read(f, scn, &shdr))
		return NULL;
	data = elf_rawdata(scn, NULL);
	return data && data->d_buf && data->d_size ? data : NULL;
}

/* Searches one sequence of notes. */
static size_t find_build_id(Elf_Data *notes, uint8_t *id, size_t size)
{
	size_t at = 0, next, name_at, desc_at;
	GElf_Nhdr n;

	while (notes && (next = gelf_getnote(notes, at, &n, &name_at, &desc_at)) > 0) {
		if (n.n_type == NT_GNU_BUILD_ID && n.n_namesz == 4 && n.n_descsz >= 2 && n.n_descsz <= size &&
		    memcmp((char *)notes->d_buf + name_at, "GNU", 4) == 0) {
			memcpy(id, (char *)notes->d_buf + desc_at, n.n_descsz);
			return n.n_descsz;
		}
		at = next;
	}
	return 0;
}

size_t elf_file__build_id(const struct elf_file *f, uint8_t *id, size_t size)
{
	GElf_Shdr shdr;
	size_t len = 0, tried = 0;

	for (size_t i = 1; i < f->sections && !len && tried < NOTES_TRIED; i++) {
		Elf_Scn *scn = elf_getscn(f->elf, i);

		if (scn && gelf_getshdr(scn, &shdr) && shdr.sh_type == SHT_NOTE && in_file(f, &shdr) &&
		    shdr.sh_size <= 65536) {
			len = find_build_id(elf_getdata(scn, NULL), id, size);
			tried++;
		}
	}
	for (size_t i = 0; i < f->phdrs && !len && tried < NOTES_TRIED; i++) {
		GElf_Phdr ph;

		if (gelf_getphdr(f->elf, (int)i, &ph) && ph.p_type == PT_NOTE && ph.p_filesz <= 65536 &&
		    ph.p_offset <= f->bytes && ph.p_filesz <= f->bytes - ph.p_offset) {
			len = find_build_id(elf_getdata_rawchunk(f->elf, (int64_t)ph.p_offset, ph.p_filesz,
								 ph.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR),
					    id, size);
			tried++;
		}
	}
	return len;
}
