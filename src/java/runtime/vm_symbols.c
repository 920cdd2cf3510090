// SPDX-License-Identifier: GPL-2.0-or-later
#include "java/runtime/vm_symbols.h"

#include <errno.h>
#include <string.h>

#include "symbols/mapped_file.h"
#include "symbols/symtab.h"
#include "util/text.h"

/* The first mapping of the library: its beginning. */
static const struct mapping *find_library(const struct mappings *maps)
{
	for (size_t i = 0; i < maps->count; i++)
		if (!maps->list[i].offset && maps->list[i].path[0] == '/' &&
		    !strcmp(path_basename(maps->list[i].path), "libjvm.so"))
			return &maps->list[i];
	return NULL;
}

static void take_symbols(struct elf_file *f, uint64_t bias, uint64_t ret[VM_SYMBOLS])
{
	struct symtab functions = {0}, objects = {0};

	symtab__add(&functions, &objects, f, SHT_DYNSYM);
	for (size_t i = 0; i < objects.count; i++) {
		if (!starts_with(objects.list[i].name, "gHotSpotVM"))
			continue;
		for (size_t k = 0; k < VM_SYMBOLS; k++)
			if (!strcmp(objects.list[i].name, vm_symbols[k]))
				ret[k] = bias + objects.list[i].start;
	}
	symtab__free(&functions);
	symtab__free(&objects);
}

struct reading {
	uint64_t address; /* at which the library begins */
	uint64_t to[VM_SYMBOLS];
};

static int read_library(struct elf_file *f, void *arg)
{
	struct reading *r = arg;
	uint64_t start;

	if (mapped_file__start(f, &start))
		take_symbols(f, r->address - start, r->to);
	return 0;
}

int vm_symbols__find(const struct process *p, const struct mappings *maps, uint64_t ret[VM_SYMBOLS])
{
	const struct mapping *m = find_library(maps);
	struct reading r = {.address = m ? m->start : 0};

	memset(ret, 0, VM_SYMBOLS * sizeof(*ret));
	if (!m || mapped_file__read(p, m, read_library, &r, sizeof(r)))
		return -ENOENT;
	memcpy(ret, r.to, sizeof(r.to));
	return ret[0] ? 0 : -ENOENT;
}
