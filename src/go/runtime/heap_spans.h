/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The spans of a Go heap (runtime/mheap.go), as they are at one moment: which object an address is in. The
 * program is not stopped, and all of it is untrusted: sizes are bounded, and what fits nowhere is left out.
 */
#ifndef TS_GO_RUNTIME_HEAP_SPANS_H
#define TS_GO_RUNTIME_HEAP_SPANS_H

#include "go/runtime/reader.h"

#define GO_PAGE_BYTES   8192u
#define GO_SPAN_OBJECTS 8192u /* at most: 64 KiB of the smallest */

struct go_span {
	uint64_t base, size; /* bytes */
	uint64_t object;     /* bytes of each */
	uint64_t specials;   /* the first of its specials; 0: none */
	uint32_t count;      /* of objects */
	bool pointers;       /* its objects have some */
	bool other;          /* of a stack */
	bool queued, watched;
	uint64_t *marked, *scanned; /* a bit for each object; NULL: of none */
};

struct go_spans {
	struct go_span *list;
	size_t count, room;
	uint32_t *pages;    /* index of the span + 1, from the page of low on; GO_PAGE_OTHER; 0: not known */
	uint64_t low, high; /* with room for what is added */
	uint64_t bytes;     /* of spans in use */
	uint64_t broken;    /* entries that lead to no valid span */
};
#define GO_PAGE_OTHER  UINT32_MAX /* of a stack */
#define GO_SPANS_ADDED 65536u     /* at most, after the first reading */

/* -ENODATA: its heap was not found, or its structures differ; -EFBIG: spread too widely. */
int go_spans__read(struct goroutines *r, struct go_spans *ret);
/* Adds those that have come since. False: there are too many, or they cannot be read. */
bool go_spans__read_again(struct goroutines *r, struct go_spans *s);
void go_spans__free(struct go_spans *s);

struct go_object {
	uint32_t span, index;
};

static inline uint32_t go_spans__page(const struct go_spans *s, uint64_t address)
{
	return address < s->low || address >= s->high ? GO_PAGE_OTHER
						      : s->pages[(address - s->low) / GO_PAGE_BYTES];
}

/* False: address is in no object of the heap. */
static inline bool go_spans__object(const struct go_spans *s, uint64_t address, struct go_object *ret)
{
	const struct go_span *span;
	uint32_t at = go_spans__page(s, address);

	if (!at || at == GO_PAGE_OTHER)
		return false;
	span = &s->list[at - 1];
	ret->span = at - 1;
	ret->index = span->count == 1 ? 0 : (uint32_t)((address - span->base) / span->object);
	return ret->index < span->count;
}

static inline uint64_t go_object__key(struct go_object o)
{
	return (uint64_t)o.span << 32 | o.index;
}

#endif
