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
