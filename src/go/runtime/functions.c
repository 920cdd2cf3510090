/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions by name, from the line tables, which stripped programs keep. */
#include "go/runtime/reader.h"

void go_functions__find(struct goroutines *r, struct go_place *list, size_t count)
{
	const struct go_module *m = &r->module;
	unsigned size = r->layout.minor >= 18 ? 8 : 16;
	size_t left = count;
	uint8_t raw[32];
	char name[64];

	for (uint64_t i = 0; left && i + 1 < m->ftab.len; i++) {
		uint64_t start, end;
		struct go_function f;

		if (!go_cache__read(r->cache, m->ftab.address + i * size, raw, 2 * size))
			return;
		start = size == 8 ? m->text + raw_u32(raw, 0) : raw_u64(raw, 0);
		end = size == 8 ? m->text + raw_u32(raw, 8) : raw_u64(raw, 16);
		if (!go_module__function(m, start, &f) ||
		    !go_cache__string(r->cache, go_module__name(m, f.name), name, sizeof(name)))
			continue;
		for (size_t k = 0; k < count; k++) {
			if (list[k].start || strcmp(list[k].name, name))
				continue;
			list[k].start = start;
			list[k].end = end;
			left--;
		}
	}
}
