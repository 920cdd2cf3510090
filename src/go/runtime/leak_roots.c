/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a Go program can always reach: its variables, and the stacks of goroutines that can go on. */
#include <stdlib.h>

#include "go/runtime/leak_search.h"
#include "util/heap.h"

#define STACK_MAX   (1ull << 30) /* Go's own limit */
#define TRIES       4
#define PROCS_MAX   4096u
#define PROC_BYTES  (64u << 10)
#define WRITE_BYTES (16 + 512 * 8) /* of a P's buffer of the write barrier */

/* It runs: where its stack ends is not known, nor are its registers. The stack may move meanwhile. */
static void whole_stack(struct goroutines *r, struct go_leak_search *l, uint64_t g)
{
	size_t size = (size_t)r->layout.off[GO_sizeof_g];
	int32_t at = r->layout.off[GO_g_stack];
	uint8_t raw[GO_G_BYTES];
	uint64_t read = 0;

	for (int i = 0; i < TRIES; i++) {
		uint64_t lo, hi;

		if (size > sizeof(raw) || !go_memory__read(&r->memory, g, raw, size))
			break;
		lo = raw_u64(raw, at);
		hi = raw_u64(raw, at + 8);
		if (read && lo == read)
			return;
		go_marks__words(&l->marks, raw, size);
		read = lo;
		if (!lo)
			return; /* it has ended */
		if (hi < lo || hi - lo > STACK_MAX)
			break;
		go_marks__memory(&l->marks, lo, hi - lo);
	}
	l->marks.incomplete = true;
}

static void variables(struct go_leak_search *l, const struct go_module *m)
{
	if (m->edata > m->data)
		go_marks__memory(&l->marks, m->data, m->edata - m->data);
	if (m->ebss > m->bss)
		go_marks__memory(&l->marks, m->bss, m->ebss - m->bss);
}

/* A P is an object of the heap with a buffer of pointers that have been overwritten, which the collector does
 * not take for references. */
static void procs(struct goroutines *r, struct go_leak_search *l)
{
	size_t size = (size_t)r->layout.off[GO_sizeof_p];
	size_t from = (size_t)r->layout.off[GO_p_gcw], to = (size_t)r->layout.off[GO_p_wbBuf] + WRITE_BYTES;
	uint64_t slice[3], p;
	uint8_t *raw;

	if (!r->allp || size > PROC_BYTES || from >= size || to > size ||
	    !go_memory__read(&r->memory, r->allp, slice, sizeof(slice)) || slice[1] > PROCS_MAX)
		return;
	raw = heap__alloc(size);
	for (uint64_t i = 0; i < slice[1]; i++) {
		if (!go_memory__u64(&r->memory, slice[0] + i * 8, &p) ||
		    !go_memory__read(&r->memory, p, raw, size))
			continue;
		go_marks__skip(&l->marks, p);
		go_marks__words(&l->marks, raw, from);
		go_marks__words(&l->marks, raw + to, size - to);
	}
	free(raw);
}

bool go_leaks__variables(struct goroutines *r, struct go_leak_search *l)
{
	uint64_t before = l->marks.reached;

	variables(l, &r->module);
	for (size_t i = 0; i < r->plugin_count; i++)
		variables(l, &r->plugins[i]);
	return l->marks.reached != before;
}

void go_leaks__roots(struct goroutines *r, struct go_leak_search *l)
{
	for (size_t i = 0; i < l->whole_count && !go_marks__spent(&l->marks); i++)
		whole_stack(r, l, l->whole[i]);
	procs(r, l);
	go_module__of(r, UINT64_MAX); /* plugins */
	go_leaks__variables(r, l);
	go_marks__specials(&l->marks);
}
