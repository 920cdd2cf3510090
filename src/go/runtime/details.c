/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Details that are read on request: descriptors in the network poller, and pprof labels. */
#include "go/runtime/details.h"

#include <stdlib.h>

#include "util/arena.h"
#include "util/heap.h"

/* ---- descriptors --------------------------------------------------------------------- */

#define WORDS      96 /* of the stack: runtime.netpollblock and its callers keep the pollDesc there */
#define CANDIDATES 24
#define POLL_BYTES 56

struct candidate {
	struct go_slot *slot;
	uint64_t address;
	uint8_t bytes[POLL_BYTES];
};

/* The poller's record of a descriptor points to the waiting goroutine, which confirms it. */
static void take(const struct goroutines *r, const struct candidate *c)
{
	const int32_t *off = r->layout.off;
	uint64_t fd = raw_u64(c->bytes, off[GO_pollDesc_fd]);
	bool reads = raw_u64(c->bytes, off[GO_pollDesc_rg]) == c->slot->address;
	bool writes = raw_u64(c->bytes, off[GO_pollDesc_wg]) == c->slot->address;

	if ((!reads && !writes) || fd > INT32_MAX)
		return;
	c->slot->wait.target = GO_TARGET_FD;
	c->slot->wait.address = c->address;
	c->slot->wait.fd = (int32_t)fd;
	c->slot->wait.fd_write = writes;
}

static size_t add_candidates(struct go_batch *b, struct go_slot *s, struct candidate *list, size_t count)
{
	size_t first = count;

	for (size_t at = 0; at + 8 <= s->stack_len && at < (size_t)WORDS * 8 && count - first < CANDIDATES;
	     at += 8) {
		uint64_t word = raw_u64(b->buffer + s->stack_at, (int32_t)at);
		bool known = word < 4096 || word & 7 || word >> 56 || word == s->address ||
			     (word >= s->stack_base && word < s->stack_base + s->stack_len);

		for (size_t i = first; i < count && !known; i++)
			known = list[i].address == word;
		if (!known)
			list[count++] = (struct candidate){.slot = s, .address = word};
	}
	return count;
}

static void read_some(struct goroutines *r, struct go_batch *b, struct candidate *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		go_batch__want(b, list[i].address, list[i].bytes, POLL_BYTES);
	go_batch__fetch(r, b);
	for (size_t i = 0; i < n; i++)
		if (go_piece__whole(&b->pieces[i]))
			take(r, &list[i]);
}

void go_details__fds(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n)
{
	struct candidate *candidates = NULL;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		struct go_slot *s = list[i];

		if (!go_status__waits(go_slot__status(r, s->before)) || !s->stack_read ||
		    !go_slot__reason_is(r, s, "IO wait"))
			continue;
		if (!candidates)
			candidates = HEAP_NEW(struct candidate, GO_PIECES);
		if (count + CANDIDATES > GO_PIECES) {
			read_some(r, b, candidates, count);
			count = 0;
		}
		count = add_candidates(b, s, candidates, count);
	}
	read_some(r, b, candidates, count);
	free(candidates);
}

/* ---- labels ---------------------------------------------------------------------------- */

#define LABEL_BYTES 255

static const char *read_text(struct goroutines *r, struct arena *pool, uint64_t address, uint64_t len)
{
	char text[LABEL_BYTES + 1];

	if (len > LABEL_BYTES)
		len = LABEL_BYTES;
	if (len && !go_memory__read(&r->memory, address, text, (size_t)len))
		return NULL;
	text[len] = '\0';
	return arena__string(pool, text);
}

static void add_label(struct goroutines *r, struct arena *pool, struct go_label *list, uint32_t *count,
		      const uint64_t *key, const uint64_t *value)
{
	struct go_label l = {read_text(r, pool, key[0], key[1]), read_text(r, pool, value[0], value[1]), 0};

	if (l.key && l.value && *count < GOROUTINE_LABELS_MAX)
		list[(*count)++] = l;
}

/* From 1.24 on a slice of {key, value}. */
static void read_slice(struct goroutines *r, struct arena *pool, uint64_t labels, struct go_label *list,
		       uint32_t *count)
{
	uint64_t slice[2], pairs[GOROUTINE_LABELS_MAX][4];

	if (!go_memory__read(&r->memory, labels, slice, sizeof(slice)) || !slice[1])
		return;
	if (slice[1] > GOROUTINE_LABELS_MAX)
		slice[1] = GOROUTINE_LABELS_MAX;
	if (!go_memory__read(&r->memory, slice[0], pairs, (size_t)slice[1] * sizeof(pairs[0])))
		return;
	for (uint64_t i = 0; i < slice[1]; i++)
		add_label(r, pool, list, count, pairs[i], pairs[i] + 2);
}

/* Before, a map[string]string (runtime/map.go): buckets of 8, each with a chain. */
struct bucket {
	uint8_t top[8]; /* 5 and more: in use */
	uint64_t keys[8][2], values[8][2];
	uint64_t overflow;
};

static void read_map(struct goroutines *r, struct arena *pool, uint64_t labels, struct go_label *list,
		     uint32_t *count)
{
	uint64_t map, words[3]; /* {count, flags and log2 of buckets, buckets} */
	uint64_t buckets, seen = 0;
	struct bucket b;

	if (!go_memory__u64(&r->memory, labels, &map) || !map ||
	    !go_memory__read(&r->memory, map, words, sizeof(words)))
		return;
	buckets = 1ull << ((words[1] >> 8) & 7);
	for (uint64_t i = 0; i < buckets; i++) {
		uint64_t at = words[2] + i * sizeof(b);

		for (; at && seen < GOROUTINE_LABELS_MAX * 4; at = b.overflow, seen++) {
			if (!go_memory__read(&r->memory, at, &b, sizeof(b)))
				break;
			for (int k = 0; k < 8; k++)
				if (b.top[k] >= 5)
					add_label(r, pool, list, count, b.keys[k], b.values[k]);
		}
	}
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct go_label *)a)->key, ((const struct go_label *)b)->key);
}

void go_details__labels(struct goroutines *r, struct go_slot *s, struct arena *pool)
{
	uint64_t labels = raw_u64(s->before, r->layout.off[GO_g_labels]);
	struct go_label *list;

	s->labels = NULL;
	s->label_count = 0;
	if (!labels)
		return;
	list = arena__alloc(pool, GOROUTINE_LABELS_MAX * sizeof(*list));
	if (r->layout.minor >= 24)
		read_slice(r, pool, labels, list, &s->label_count);
	else
		read_map(r, pool, labels, list, &s->label_count);
	qsort(list, s->label_count, sizeof(*list), by_key);
	s->labels = list;
}
