// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a process has Ruby, which version, and where its virtual machine is. */
#include <errno.h>
#include <stdlib.h>

#include "ruby/runtime/reader.h"
#include "symbols/mapped_file.h"
#include "symbols/symtab.h"
#include "util/heap.h"
#include "util/text.h"

#define FILES_TRIED 8

/* ---- memory ---- */

static void read_process(const void *of, struct memory_piece *list, size_t n)
{
	process__read_many(of, list, n);
}

void ruby__read_many(const struct ruby *r, struct memory_piece *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		list[i].got = -EFAULT;
		if (list[i].address < 4096 || list[i].address >= 1ull << 56)
			list[i].len = 0;
	}
	if (n)
		r->read_many(r->of, list, n);
}

bool ruby__read(const struct ruby *r, uint64_t address, void *buf, size_t len)
{
	struct memory_piece p = {address, buf, len, 0};

	ruby__read_many(r, &p, 1);
	return ruby__whole(&p);
}

/* ---- the library ---- */

/* "libruby-3.1.so.3.1.2", "ruby3.1"; by no more than its name, so that others cost nothing. */
static bool may_be_ruby(const struct mapping *m)
{
	const char *name = path_basename(m->path);

	return !m->offset && m->path[0] == '/' && (starts_with(name, "ruby") || starts_with(name, "libruby"));
}

struct reading {
	uint64_t address; /* at which the file begins */
	uint64_t vm_pointer, version;
};

static int read_symbols(struct elf_file *f, void *arg)
{
	struct symtab functions = {0}, objects = {0};
	struct reading *r = arg;
	GElf_Ehdr head;
	uint64_t start;

	/* The table of offsets is of this machine. */
	if (!gelf_getehdr(f->elf, &head) || head.e_machine != EM_X86_64 || !mapped_file__start(f, &start))
		return -ENOEXEC;
	symtab__add(&functions, &objects, f, SHT_DYNSYM);
	for (size_t i = 0; i < objects.count; i++) {
		const struct elf_symbol *s = &objects.list[i];

		if (!s->name)
			continue;
		if (!strcmp(s->name, "ruby_current_vm_ptr"))
			r->vm_pointer = s->start + (r->address - start);
		else if (!strcmp(s->name, "ruby_api_version"))
			r->version = s->start + (r->address - start);
	}
	symtab__free(&functions);
	symtab__free(&objects);
	return r->vm_pointer && r->version ? 0 : -ENOEXEC;
}

/* ruby/version.h: major, minor, teeny. */
static bool is_known(const struct ruby *r, uint64_t address)
{
	uint32_t version[2];

	return ruby__read(r, address, version, sizeof(version)) && version[0] == 3 && version[1] == 1;
}

int ruby__open(const struct process *p, const struct mappings *maps, struct ruby **ret)
{
	struct ruby ruby = {.read_many = read_process, .of = p};
	size_t tried = 0;

	for (size_t i = 0; i < maps->count && tried < FILES_TRIED; i++) {
		const struct mapping *m = &maps->list[i];
		struct reading reading = {.address = m->start};

		if (!may_be_ruby(m))
			continue;
		tried++;
		if (mapped_file__read(p, m, read_symbols, &reading, sizeof(reading)) ||
		    !is_known(&ruby, reading.version))
			continue;
		ruby.vm_pointer = reading.vm_pointer;
		*ret = heap__copy(&ruby, sizeof(ruby));
		return 0;
	}
	return -ENOEXEC;
}

void ruby__close(struct ruby *r)
{
	if (r)
		free(r->known);
	free(r);
}
