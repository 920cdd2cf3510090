/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/heap_marks.h"

#include <errno.h>
#include <stdlib.h>

#include "go/runtime/batch.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/heap.h"

#define BUFFER_BYTES  (1u << 20)
#define ROUND         128 /* spans read together */
#define SPECIALS      512 /* the same */
#define SPECIALS_MAX  (4u << 20)
#define SPECIAL_BYTES 48
#define UNKNOWN_MAX   (1u << 20)

int go_marks__begin(struct go_marks *m, struct goroutines *r, uint64_t bytes_max, uint64_t until_ns)
{
	int err;

	*m = (struct go_marks){.r = r, .bytes_max = bytes_max, .until_ns = until_ns};
	err = go_spans__read(r, &m->spans);
	if (err)
		return err;
	m->queue_room = m->spans.count + GO_SPANS_ADDED * 4;
	m->queue = HEAP_NEW(uint32_t, m->queue_room);
	m->buffer = heap__alloc(BUFFER_BYTES);
	return 0;
}

void go_marks__end(struct go_marks *m)
{
	go_spans__free(&m->spans);
	free(m->queue);
	free(m->buffer);
	free(m->hits);
	free(m->unknown);
	*m = (struct go_marks){0};
}

bool go_marks__spent(struct go_marks *m)
{
	if (m->bytes > m->bytes_max || monotonic_ns() > m->until_ns)
		m->incomplete = true;
	return m->incomplete;
}

/* ---- marking ---------------------------------------------------------------------------- */

static bool test(const uint64_t *bits, uint32_t i)
{
	return bits && bits[i / 64] >> (i % 64) & 1;
}

static void set(uint64_t **bits, uint32_t count, uint32_t i)
{
	if (!*bits)
		*bits = HEAP_NEW(uint64_t, (count + 63) / 64);
	(*bits)[i / 64] |= 1ull << (i % 64);
}

void go_marks__word(struct go_marks *m, uint64_t address)
{
	struct go_span *s;
	struct go_object o;

	if (!go_spans__object(&m->spans, address, &o)) {
		if (!go_spans__page(&m->spans, address) && m->unknown_count < UNKNOWN_MAX)
			*ARRAY_ADD(m->unknown, m->unknown_count, m->unknown_room) = address;
		return;
	}
	s = &m->spans.list[o.span];
	if (test(s->marked, o.index))
		return;
	set(&s->marked, s->count, o.index);
	m->reached++;
	if (s->watched)
		*ARRAY_ADD(m->hits, m->hit_count, m->hit_room) = o;
	if (!s->pointers || s->queued || test(s->scanned, o.index))
		return;
	s->queued = true;
	m->queue[(m->queue_at + m->queued++) % m->queue_room] = o.span;
}

void go_marks__words(struct go_marks *m, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i + 8 <= len; i += 8) {
		uint64_t word = raw_u64(at + i, 0);

		if (word >= m->spans.low && word < m->spans.high)
			go_marks__word(m, word);
	}
}

void go_marks__memory(struct go_marks *m, uint64_t address, uint64_t len)
{
	uint8_t *bytes = heap__alloc(BUFFER_BYTES);

	while (len) {
		size_t n = len < BUFFER_BYTES ? (size_t)len : BUFFER_BYTES;
		ssize_t got = m->r->memory.read(m->r->memory.arg, address, bytes, n);

		if (got > 0)
			go_marks__words(m, bytes, (size_t)got);
		m->bytes += n;
		m->incomplete = m->incomplete || got != (ssize_t)n;
		if (go_marks__spent(m))
			break;
		address += n;
		len -= n;
	}
	free(bytes);
}

void go_marks__skip(struct go_marks *m, uint64_t address)
{
	struct go_object o;

	if (go_spans__object(&m->spans, address, &o))
		set(&m->spans.list[o.span].scanned, m->spans.list[o.span].count, o.index);
}

bool go_marks__watch(struct go_marks *m, uint64_t address, struct go_object *ret)
{
	if (!go_spans__object(&m->spans, address, ret))
		return false;
	m->spans.list[ret->span].watched = true;
	return true;
}

bool go_marks__reached(const struct go_marks *m, struct go_object o)
{
	return test(m->spans.list[o.span].marked, o.index);
}

/* ---- specials ---------------------------------------------------------------------------- */

/*
 * A finalizer and a cleanup have a function, in the heap or in the program, and the types of its arguments.
 * The other kinds, whose numbers differ between versions, have counters and memory of the runtime, except for
 * weak pointers, which have an object of the heap: that one is reached, too, which does no harm.
 */
static bool runs_code(const struct go_marks *m, const uint8_t *special)
{
	const struct go_module *p = &m->r->module;
	bool found = false;

	for (int32_t i = 16; i < SPECIAL_BYTES; i += 8) {
		uint64_t word = raw_u64(special, i);
		struct go_object o;

		found = found || (word >= p->text && word < p->enoptrbss) ||
			go_spans__object(&m->spans, word, &o);
		for (size_t k = 0; k < m->r->plugin_count; k++)
			found = found || (word >= m->r->plugins[k].text && word < m->r->plugins[k].enoptrbss);
	}
	return found;
}

/* The object itself ends with its finalizer, but what it points to is handed to that. */
static void take_special(struct go_marks *m, const struct go_span *s, const uint8_t *special)
{
	uint64_t offset = raw_u64(special, 8) & 0xffff; /* its upper part was the kind, once */

	if (!runs_code(m, special))
		return;
	go_marks__word(m, s->base + (s->count == 1 ? 0 : offset));
	go_marks__words(m, special + 16, SPECIAL_BYTES - 16);
}

void go_marks__specials(struct go_marks *m)
{
	struct memory_piece pieces[SPECIALS];
	uint32_t spans[SPECIALS];
	uint64_t next[SPECIALS];
	uint8_t *raw = heap__alloc((size_t)SPECIALS * SPECIAL_BYTES);
	size_t count = 0, at = 0, total = 0;

	for (;;) {
		size_t left = 0;

		for (; count < SPECIALS && at < m->spans.count; at++)
			if (m->spans.list[at].specials) {
				spans[count] = (uint32_t)at;
				next[count++] = m->spans.list[at].specials;
			}
		if (!count)
			break;
		total += count;
		m->incomplete = m->incomplete || total > SPECIALS_MAX;
		if (go_marks__spent(m))
			break;
		for (size_t i = 0; i < count; i++)
			pieces[i] = (struct memory_piece){
				.address = next[i], .buf = raw + i * SPECIAL_BYTES, .len = SPECIAL_BYTES};
		m->r->memory.read_many(m->r->memory.arg, pieces, count);
		for (size_t i = 0; i < count; i++) {
			if (!go_piece__whole(&pieces[i])) {
				m->incomplete = true;
				continue;
			}
			take_special(m, &m->spans.list[spans[i]], pieces[i].buf);
			if (!raw_u64(pieces[i].buf, 0))
				continue;
			next[left] = raw_u64(pieces[i].buf, 0);
			spans[left++] = spans[i];
		}
		count = left;
	}
	free(raw);
}

/* ---- what they point to -------------------------------------------------------------------- */

static bool scan_once(struct go_marks *m, struct go_span *s, const uint8_t *bytes, size_t len)
{
	bool any = false;

	for (uint32_t w = 0; w < (s->count + 63) / 64; w++) {
		uint64_t left = s->marked[w] & ~(s->scanned ? s->scanned[w] : 0);

		while (left) {
			uint32_t i = w * 64 + (uint32_t)__builtin_ctzll(left);

			left &= left - 1;
			set(&s->scanned, s->count, i);
			any = true;
			if ((uint64_t)(i + 1) * s->object > len)
				continue;
			m->bytes += s->object;
			m->heap_bytes += s->object;
			go_marks__words(m, bytes + i * s->object, (size_t)s->object);
		}
	}
	return any;
}

/* A list is followed within a span as far as it goes: its memory is read once, before it is freed and used
 * anew. */
static void scan(struct go_marks *m, struct go_span *s, const uint8_t *bytes, size_t len)
{
	bool queued = s->queued;

	s->queued = true;
	while (scan_once(m, s, bytes, len))
		;
	s->queued = queued;
}

/* One object that is larger than the buffer. */
static void scan_large(struct go_marks *m, struct go_span *s)
{
	if (test(s->scanned, 0))
		return;
	set(&s->scanned, 1, 0);
	m->heap_bytes += s->size;
	go_marks__memory(m, s->base, s->size);
}

static uint32_t take_queued(struct go_marks *m)
{
	uint32_t span = m->queue[m->queue_at];

	m->queue_at = (m->queue_at + 1) % m->queue_room;
	m->queued--;
	m->spans.list[span].queued = false;
	return span;
}

static void drain_some(struct go_marks *m)
{
	struct memory_piece pieces[ROUND];
	uint32_t taken[ROUND];
	size_t n = 0, used = 0;

	while (m->queued && n < ROUND) {
		struct go_span *s = &m->spans.list[m->queue[m->queue_at]];

		if (s->size > BUFFER_BYTES) {
			take_queued(m);
			scan_large(m, s);
			continue;
		}
		if (used + s->size > BUFFER_BYTES)
			break;
		taken[n] = take_queued(m);
		pieces[n++] = (struct memory_piece){
			.address = s->base, .buf = m->buffer + used, .len = (size_t)s->size};
		used += (size_t)s->size;
	}
	if (!n)
		return;
	m->r->memory.read_many(m->r->memory.arg, pieces, n);
	for (size_t i = 0; i < n; i++) {
		m->incomplete = m->incomplete || !go_piece__whole(&pieces[i]);
		scan(m, &m->spans.list[taken[i]], pieces[i].buf,
		     pieces[i].got > 0 ? (size_t)pieces[i].got : 0);
	}
}

void go_marks__drain(struct go_marks *m)
{
	while (m->queued && !go_marks__spent(m))
		drain_some(m);
}

bool go_marks__grown(struct go_marks *m)
{
	uint64_t *words = m->unknown;
	size_t count = m->unknown_count;
	bool grown = false;

	if (!count)
		return false;
	if (count == UNKNOWN_MAX || !go_spans__read_again(m->r, &m->spans))
		m->incomplete = true;
	m->unknown = NULL;
	m->unknown_count = m->unknown_room = 0;
	for (size_t i = 0; i < count; i++) {
		struct go_object o;

		if (!go_spans__object(&m->spans, words[i], &o))
			continue;
		go_marks__word(m, words[i]);
		grown = true;
	}
	free(words);
	return grown;
}
