/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as an ELF file: symbols, separate debug files, functions and lines. */
#include "symbols/demangle.h"
#include "symbols/dwarf_lines.h"
#include "symbols/parsed.h"
#include "tests/fuzz/fuzz.h"

static void look(struct parsed *m, const struct module_place *at, uint64_t vaddr)
{
	struct dwarf_frame frames[DWARF_FRAMES_MAX];
	struct dwarf_lines *lines = parsed__lines(m, at);
	const struct elf_symbol *s = parsed__function(m, at, vaddr);
	char name[1024];

	if (s)
		demangle(s->name, name, sizeof(name));
	s = parsed__object(m, at, vaddr);
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
	struct module_place at = {.path = "/nonexistent/module"};
	struct parsed *m;
	const GElf_Phdr *loads;

	fuzz__new_run();
	if (parsed__open_memory(data, size, &m) != 0)
		return 0;
	uint64_t start = parsed__start(m), step = (parsed__end(m) - start) / 97 + 1;
	for (uint64_t i = 0; i < 100; i++)
		look(m, &at, start + i * step);
	for (size_t i = parsed__loads(m, &loads); i > 0; i--)
		for (uint64_t offset = 0; offset < loads[i - 1].p_filesz && offset < size; offset += 4096)
			look(m, &at, loads[i - 1].p_vaddr + offset);
	parsed__put(m);
	if (budget__bytes())
		abort();
	return 0;
}
