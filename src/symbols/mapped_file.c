// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/mapped_file.h"

int mapped_file__read(const struct process *p, const struct mapping *m,
		      int (*read)(struct elf_file *f, void *arg), void *arg)
{
	int fd = process__open_mapping(p, m), err;
	struct elf_file f;

	if (fd < 0)
		return fd;
	budget__begin(process__budget(p), BUDGET_STACKS);
	err = elf_file__open_fd(fd, &f);
	if (!err) {
		err = read(&f, arg);
		elf_file__close(&f);
	}
	budget__end();
	return err;
}

bool mapped_file__start(const struct elf_file *f, uint64_t *ret)
{
	for (size_t i = 0; i < f->phdrs && i < ELF_PHDRS_MAX; i++) {
		GElf_Phdr ph;

		if (gelf_getphdr(f->elf, (int)i, &ph) && ph.p_type == PT_LOAD && !ph.p_offset) {
			*ret = ph.p_vaddr;
			return true;
		}
	}
	return false;
}
