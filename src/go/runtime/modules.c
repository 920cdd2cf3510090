/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules of a program: its own, and those of plugins, which it loads while it runs. */
#include "go/runtime/reader.h"
#include "util/array.h"

#define PLUGINS_MAX 256

static bool covers(const struct go_module *m, uint64_t pc)
{
	return pc >= m->minpc && pc < m->maxpc;
}

/* One more module of the runtime's list, if there is one by now. */
static bool load_next(struct goroutines *r)
{
	const struct go_module *last = r->plugin_count ? &r->plugins[r->plugin_count - 1] : &r->module;
	uint64_t next, pclntab;
	struct go_module m;

	if (r->plugin_count == PLUGINS_MAX ||
	    !go_memory__u64(&r->memory, last->address + (uint64_t)r->layout.off[GO_moduledata_next], &next) ||
	    !next ||
	    !go_memory__u64(&r->memory, next + (uint64_t)r->layout.off[GO_moduledata_pcHeader], &pclntab) ||
	    !go_module__read(&m, &r->layout, &r->memory, r->cache, next, pclntab))
		return false;
	*ARRAY_ADD(r->plugins, r->plugin_count, r->plugin_room) = m;
	return true;
}

const struct go_module *go_module__of(struct goroutines *r, uint64_t pc)
{
	if (covers(&r->module, pc))
		return &r->module;
	for (size_t i = 0; i < r->plugin_count || (pc && load_next(r)); i++)
		if (covers(&r->plugins[i], pc))
			return &r->plugins[i];
	return &r->module;
}
