// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/mapped_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "symbols/parser.h"

static int ask(const struct module_place *at, int fd, elf_reader *read, void *arg, size_t bytes)
{
	struct stat st;
	struct parser_ask a = {.request = {.kind = PARSER_READ, .read = read},
			       .fd = fd,
			       .text = arg,
			       .bytes = bytes,
			       .at = at};
	const struct parser_message *m;
	int err;

	if (!fstat(fd, &st))
		a.file = budget__file(&st);
	err = parser__ask(&a, &m);
	if (err == -ECHILD) /* the parser had ended before */
		err = parser__ask(&a, &m);
	if (!err && m->head.bytes != bytes)
		return -EPROTO;
	if (!err)
		memcpy(arg, m->body, bytes);
	return err;
}

int mapped_file__read(const struct process *p, const struct mapping *m, elf_reader *read, void *arg,
		      size_t bytes)
{
	struct module_place at = {.process = p, .path = m->path};
	int fd = process__open_mapping(p, m), err;

	if (fd < 0)
		return fd;
	budget__begin(process__budget(p), BUDGET_STACKS);
	err = ask(&at, fd, read, arg, bytes);
	budget__end();
	close(fd);
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
