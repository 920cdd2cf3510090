/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as an ELF file: symbols, separate debug files, functions and lines. */
#include <stdint.h>
#include <string.h>

#include "symbols/demangle.h"
#include "symbols/dwarf_lines.h"
#include "symbols/module.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(struct module *m, const struct module_place *at, uint64_t vaddr)
{
	struct dwarf_frame frames[DWARF_FRAMES_MAX];
	struct dwarf_lines *lines = module__lines(m, at);
	const struct elf_symbol *s = module__function(m, at, vaddr);
	char name[1024];

	if (s)
		demangle(s->name, name, sizeof(name));
	s = module__object(m, at, vaddr);
	if (s)
		demangle(s->name, name, sizeof(name));
	if (lines) {
		size_t n = dwarf_lines__find(lines, vaddr, frames);

		for (size_t i = 0; i < n; i++)
			if (frames[i].name)
				demangle(frames[i].name, name, sizeof(name));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct module_place at = {NULL, "/nonexistent/module"};
	struct module *m;
	uint64_t vaddr;

	if (module__open_memory(data, size, &m) != 0)
		return 0;
	uint64_t start = module__start(m), step = (module__end(m) - start) / 97 + 1;
	for (uint64_t i = 0; i < 100; i++)
		look(m, &at, start + i * step);
	for (uint64_t offset = 0; offset < size; offset += 4096)
		if (module__vaddr(m, offset, offset & 4096, &vaddr))
			look(m, &at, vaddr);
	module__put(m);
	return 0;
}
