/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/elf_file.h"

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

int elf_file__open_fd(int fd, struct elf_file *ret)
{
	struct elf_file f = {.fd = fd};
	struct stat st;
	int err = 0;

	elf_version(EV_CURRENT);
	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size < EI_NIDENT || (uint64_t)st.st_size > ELF_FILE_BYTES_MAX)
		err = -EINVAL;
	if (!err) {
		f.bytes = (uint64_t)st.st_size;
		f.elf = elf_begin(fd, ELF_C_READ, NULL);
		err = check(&f);
	}
	if (err) {
		elf_file__close(&f);
		return err;
	}
	*ret = f;
	return 0;
}

int elf_file__open_memory(void *memory, size_t len, struct elf_file *ret)
{
	struct elf_file f = {.fd = -1, .memory = memory, .bytes = len};
	int err;

	elf_version(EV_CURRENT);
	f.elf = len >= EI_NIDENT ? elf_memory(memory, len) : NULL;
	err = check(&f);
	if (err) {
		elf_file__close(&f);
		return err;
	}
	*ret = f;
	return 0;
}

void elf_file__close(struct elf_file *f)
{
	if (f->elf)
		elf_end(f->elf);
	if (f->fd >= 0 && !f->memory)
		close(f->fd);
	free(f->memory);
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
	if (f->memory)
		memcpy(to, (char *)f->memory + s->sh_offset, size);
	else if (pread(f->fd, to, size, (off_t)s->sh_offset) != (ssize_t)size)
		return false;
	*ret = is_64 ? c.ch_size : small.ch_size;
	return true;
}

Elf_Data *elf_file__bytes(const struct elf_file *f, const char *name)
{
	GElf_Shdr shdr;
	Elf_Scn *scn = elf_file__section(f, name, 0, &shdr);
	Elf_Data *data;

	if (!scn || shdr.sh_type == SHT_NOBITS || (shdr.sh_flags & SHF_COMPRESSED) ||
	    shdr.sh_size > ELF_SECTION_BYTES_MAX)
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
	size_t len = 0;

	for (size_t i = 1; i < f->sections && !len; i++) {
		Elf_Scn *scn = elf_getscn(f->elf, i);

		if (scn && gelf_getshdr(scn, &shdr) && shdr.sh_type == SHT_NOTE && in_file(f, &shdr) &&
		    shdr.sh_size <= 65536)
			len = find_build_id(elf_getdata(scn, NULL), id, size);
	}
	for (size_t i = 0; i < f->phdrs && !len; i++) {
		GElf_Phdr ph;

		if (gelf_getphdr(f->elf, (int)i, &ph) && ph.p_type == PT_NOTE && ph.p_filesz <= 65536 &&
		    ph.p_offset <= f->bytes && ph.p_filesz <= f->bytes - ph.p_offset)
			len = find_build_id(elf_getdata_rawchunk(f->elf, (int64_t)ph.p_offset, ph.p_filesz,
								 ph.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR),
					    id, size);
	}
	return len;
}
