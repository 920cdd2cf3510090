/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/heap_spans.h"

#include <errno.h>
#include <stdlib.h>

#include "go/runtime/batch.h"
#include "util/array.h"
#include "util/heap.h"

#define SPANS_MAX   (8u << 20)
#define PAGES_MAX   (1u << 24)   /* between the lowest and the highest address: 128 GiB */
#define GROWTH      (1ull << 30) /* of the heap, while it is read */
#define SCAN_MAX    (64u << 20)
#define SPAN_BYTES  160 /* of a runtime.mspan, as far as it is read */
#define ROUND       512 /* spans read together */
#define CLASSES     68  /* of object sizes; 0: a span of one large object */
#define STATE_USED  1   /* mSpanInUse: of the heap */
#define STATE_STACK 2   /* mSpanManual */

static uint8_t byte_of(const struct goroutines *r, const uint8_t *raw, enum go_field f)
{
	return raw[r->layout.off[f]];
}

static uint64_t word_of(const struct goroutines *r, const uint8_t *raw, enum go_field f)
{
	return raw_u64(raw, r->layout.off[f]);
}

/* Whether these bytes can be a span of any state. */
static bool is_span(const struct goroutines *r, const uint8_t *raw)
{
	uint64_t start = word_of(r, raw, GO_mspan_startAddr), pages = word_of(r, raw, GO_mspan_npages);
	uint64_t object = word_of(r, raw, GO_mspan_elemsize), limit = word_of(r, raw, GO_mspan_limit);
	unsigned size_class = byte_of(r, raw, GO_mspan_spanclass) >> 1;

	if (!byte_of(r, raw, GO_mspan_state))
		return true;
	if (!start || start % GO_PAGE_BYTES || start >> 56 || !pages || pages > PAGES_MAX)
		return false;
	if (byte_of(r, raw, GO_mspan_state) != STATE_USED)
		return byte_of(r, raw, GO_mspan_state) == STATE_STACK;
	if (object < 8 || object & 7 || object > pages * GO_PAGE_BYTES || size_class >= CLASSES)
		return false;
	if (limit < start || limit > start + pages * GO_PAGE_BYTES)
		return false;
	return !size_class || pages * GO_PAGE_BYTES / object <= GO_SPAN_OBJECTS;
}

/* ---- where the list of spans is ------------------------------------------------------- */

/* The elements at both ends and in between are spans, and one of them is in use. */
static bool are_spans(const struct goroutines *r, uint64_t array, uint64_t len)
{
	uint8_t raw[SPAN_BYTES];
	bool used = false;
	uint64_t span;

	for (unsigned i = 0; i < 16; i++) {
		if (!go_memory__u64(&r->memory, array + (len - 1) * i / 15 * 8, &span) || span < 4096 ||
		    span & 7 || span >> 56 || !go_memory__read(&r->memory, span, raw, sizeof(raw)) ||
		    !is_span(r, raw))
			return false;
		used = used || byte_of(r, raw, GO_mspan_state) == STATE_USED;
	}
	return used;
}

static bool read_list(const struct goroutines *r, uint64_t at, uint64_t list[3])
{
	return go_memory__read(&r->memory, at, list, 24) && list[1] && list[1] <= list[2] &&
	       list[1] <= SPANS_MAX && list[0] >= 4096 && !(list[0] & 7) && !(list[0] >> 56);
}

/* mheap_.allspans: the longest slice of spans among the variables. */
static uint64_t find_list(const struct goroutines *r)
{
	const struct go_module *m = &r->module;
	uint64_t end = m->enoptrbss > m->ebss ? m->enoptrbss : m->ebss, found = 0, longest = 0;
	size_t len = end > m->bss ? (size_t)(end - m->bss) : 0;
	uint64_t *words;
	ssize_t got;

	if (len > SCAN_MAX)
		len = SCAN_MAX;
	words = heap__alloc(len + 8);
	got = r->memory.read(r->memory.arg, m->bss, words, len);
	for (size_t i = 0; got > 0 && i + 3 <= (size_t)got / 8; i++) {
		const uint64_t *w = words + i;

		if (w[1] > longest && w[1] <= w[2] && w[2] <= SPANS_MAX && w[0] >= 4096 && !(w[0] & 7) &&
		    !(w[0] >> 56) && are_spans(r, w[0], w[1])) {
			longest = w[1];
			found = m->bss + i * 8;
		}
	}
	free(words);
	return found;
}

/* ---- reading --------------------------------------------------------------------------- */

/* Spans of one class have objects of one size: otherwise the offsets are not this version's. */
static bool same_size(uint64_t *sizes, unsigned size_class, uint64_t object)
{
	if (!size_class)
		return true;
	if (!sizes[size_class])
		sizes[size_class] = object;
	return sizes[size_class] == object;
}

static void take(struct goroutines *r, struct go_spans *s, const uint8_t *raw, uint64_t *sizes)
{
	uint64_t size = word_of(r, raw, GO_mspan_npages) * GO_PAGE_BYTES;
	uint64_t object = word_of(r, raw, GO_mspan_elemsize);
	unsigned class = byte_of(r, raw, GO_mspan_spanclass);

	if (!is_span(r, raw)) {
		s->broken++;
		return;
	}
	if (byte_of(r, raw, GO_mspan_state) == STATE_STACK) {
		*ARRAY_ADD(s->list, s->count, s->room) = (struct go_span){
			.base = word_of(r, raw, GO_mspan_startAddr), .size = size, .other = true};
		return;
	}
	if (!byte_of(r, raw, GO_mspan_state))
		return;
	if (!same_size(sizes, class >> 1, object)) {
		s->broken++;
		return;
	}
	*ARRAY_ADD(s->list, s->count, s->room) =
		(struct go_span){.base = word_of(r, raw, GO_mspan_startAddr),
				 .size = size,
				 .object = class >> 1 ? object : size,
				 .specials = word_of(r, raw, GO_mspan_specials),
				 .count = class >> 1 ? (uint32_t)(size / object) : 1,
				 .pointers = !(class & 1)};
	s->bytes += size;
}

static int read_all(struct goroutines *r, struct go_spans *s, const uint64_t list[3])
{
	uint8_t *raw = heap__alloc((size_t)ROUND * SPAN_BYTES);
	struct memory_piece pieces[ROUND];
	uint64_t addresses[ROUND], sizes[CLASSES] = {0};
	int err = 0;

	for (uint64_t at = 0; at < list[1] && !err;) {
		size_t n = list[1] - at < ROUND ? (size_t)(list[1] - at) : ROUND;

		if (!go_memory__read(&r->memory, list[0] + at * 8, addresses, n * 8)) {
			err = -ENODATA;
			break;
		}
		for (size_t i = 0; i < n; i++)
			pieces[i] = (struct memory_piece){
				.address = addresses[i], .buf = raw + i * SPAN_BYTES, .len = SPAN_BYTES};
		r->memory.read_many(r->memory.arg, pieces, n);
		for (size_t i = 0; i < n; i++)
			if (go_piece__whole(&pieces[i]))
				take(r, s, pieces[i].buf, sizes);
			else
				s->broken++;
		at += n;
	}
	free(raw);
	return err;
}

/* A span that overlaps another one was freed, or is a lie: the first one stays. */
static void index_pages(struct go_spans *s, size_t i)
{
	const struct go_span *span = &s->list[i];
	uint64_t first = (span->base - s->low) / GO_PAGE_BYTES;

	for (uint64_t p = 0; p < span->size / GO_PAGE_BYTES && !s->pages[first + p]; p++)
		s->pages[first + p] = span->other ? GO_PAGE_OTHER : (uint32_t)i + 1;
}

static int index_all(struct go_spans *s)
{
	s->low = UINT64_MAX;
	for (size_t i = 0; i < s->count; i++) {
		uint64_t end = s->list[i].base + s->list[i].size;

		if (s->list[i].base < s->low)
			s->low = s->list[i].base;
		if (end > s->high)
			s->high = end;
	}
	if (!s->count)
		return -ENODATA;
	if ((s->high - s->low) / GO_PAGE_BYTES > PAGES_MAX)
		return -EFBIG;
	s->high += GROWTH;
	s->pages = heap__try((s->high - s->low) / GO_PAGE_BYTES, sizeof(*s->pages));
	for (size_t i = 0; s->pages && i < s->count; i++)
		index_pages(s, i);
	return s->pages ? 0 : -EFBIG;
}

bool go_spans__read_again(struct goroutines *r, struct go_spans *s)
{
	struct go_spans now = {0};
	size_t before = s->count;
	uint64_t list[3];
	bool whole = read_list(r, r->allspans, list) && !read_all(r, &now, list);

	for (size_t i = 0; whole && i < now.count; i++) {
		const struct go_span *n = &now.list[i];

		if (n->base < s->low || n->base + n->size > s->high) {
			whole = false;
		} else if (!go_spans__page(s, n->base)) {
			if (s->count - before == GO_SPANS_ADDED) {
				whole = false;
				break;
			}
			*ARRAY_ADD(s->list, s->count, s->room) = *n;
			index_pages(s, s->count - 1);
		}
	}
	go_spans__free(&now);
	return whole;
}

int go_spans__read(struct goroutines *r, struct go_spans *ret)
{
	struct go_spans s = {0};
	uint64_t list[3];
	int err;

	if (!r->allspans || !read_list(r, r->allspans, list))
		r->allspans = find_list(r);
	if (!r->allspans || !read_list(r, r->allspans, list))
		return -ENODATA;
	err = read_all(r, &s, list);
	/* A few change while they are read. */
	if (!err && s.broken > 8 + s.count / 64)
		err = -ENODATA;
	if (!err)
		err = index_all(&s);
	if (err) {
		go_spans__free(&s);
		return err;
	}
	*ret = s;
	return 0;
}

void go_spans__free(struct go_spans *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->list[i].marked);
		free(s->list[i].scanned);
	}
	free(s->list);
	free(s->pages);
	*s = (struct go_spans){0};
}
