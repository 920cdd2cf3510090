/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as /tmp/perf-PID.map; what is found must be sorted. */

#include "symbols/demangle.h"
#include "symbols/perfmap.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct perfmap m = {0};

	perfmap__parse(&m, (const char *)data, size);
	for (size_t i = 0; i < m.functions.count; i++) {
		const struct elf_symbol *s = &m.functions.list[i];
		char name[1024];

		if (s->end < s->start || (i && s[-1].start >= s->start))
			abort();
		symtab__find(&m.functions, s->end - 1);
		demangle(s->name, name, sizeof(name));
	}
	perfmap__free(&m);
	return 0;
}
