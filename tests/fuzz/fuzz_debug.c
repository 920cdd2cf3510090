/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as an ELF file that says where its debug information is, has it within, or has it packed. */
#include "symbols/debug_file.h"
#include "symbols/dwarf_lines.h"
#include "symbols/dwarf_members.h"
#include "symbols/parsed.h"
#include "tests/fuzz/fuzz.h"

static const struct module_place at = {.path = "/nonexistent/module"};

static volatile size_t read_bytes; /* so that texts are read whole */

/* Every function's beginning and some addresses behind it: all line tables and inlined calls are asked for.
 */
static void ask(struct parsed *m, struct dwarf_lines *lines)
{
	struct dwarf_frame frames[DWARF_FRAMES_MAX];
	uint64_t start = parsed__start(m), step = (parsed__end(m) - start) / 300 + 1;

	for (uint64_t i = 0; i < 300; i++) {
		size_t count = dwarf_lines__find(lines, start + i * step, frames);

		if (count > DWARF_FRAMES_MAX)
			abort();
		for (size_t k = 0; k < count; k++)
			read_bytes += (frames[k].name ? strlen(frames[k].name) : 0) +
				      strlen(frames[k].scope) + (frames[k].file ? strlen(frames[k].file) : 0);
	}
}

/* As Go names them; a small program of C has them in the corpus. */
static void ask_members(Dwarf *dwarf)
{
	char name[256];

	for (uint64_t offset = 0; dwarf && offset < 64; offset += 8) {
		if (dwarf_members__of_variable(dwarf, "main.logging", offset, name, sizeof(name)) &&
		    strlen(name) >= sizeof(name))
			abort();
		if (dwarf_members__of_receiver(dwarf, "main.(*cache).get", offset, name, sizeof(name)) &&
		    strlen(name) >= sizeof(name))
			abort();
	}
}

static void look_within(const uint8_t *data, size_t size)
{
	struct dwarf_lines *lines;
	struct parsed *m;

	if (parsed__open_memory(data, size, &m))
		return;
	parsed__lines_quick(m, &at);
	lines = parsed__lines(m, &at);
	if (lines) {
		ask(m, lines);
		ask_members(dwarf_lines__dwarf(lines));
	}
	parsed__debug_frame(m, &at);
	parsed__put(m);
}

static void look_elsewhere(const uint8_t *data, size_t size)
{
	struct elf_file f, other;
	void *copy = malloc(size);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	if (elf_file__open_memory(copy, size, NULL, &f))
		return;
	if (!debug_file__open(&f, &at, &other))
		elf_file__close(&other);
	if (!debug_file__open_alt(&f, &at, &other))
		elf_file__close(&other);
	if (!debug_file__unpack_mini(&f, &other)) {
		elf_file__bytes(&other, ".symtab");
		elf_file__close(&other);
	}
	elf_file__close(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz__new_run();
	unsetenv("DEBUGINFOD_URLS");
	look_within(data, size);
	look_elsewhere(data, size);
	if (budget__bytes())
		abort();
	return 0;
}
