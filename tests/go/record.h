/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the reader of goroutines has looked at in a program, as a file: the
 * program can be read again without it, in unit tests and by the fuzzer.
 * "GOREC1\n\0", struct go_image, then blocks: address and length of 8 bytes each, the bytes.
 */
#ifndef TS_GO_RECORD_H
#define TS_GO_RECORD_H

#include <string.h>

#include "go/runtime/reader.h"

#define RECORD_MAGIC  "GOREC1\n"
#define RECORD_BLOCKS 4096

struct record_block {
	uint64_t address, len;
	const uint8_t *bytes;
};

struct record {
	struct go_image image;
	struct record_block
		blocks[RECORD_BLOCKS]; /* by address in what is written; any order in what is read */
	size_t count;
	size_t reads; /* limits what a program that lies can make us do */
};

/* A byte of a file is not a bool yet. */
static inline void record__make_bool(bool *b)
{
	uint8_t byte;

	memcpy(&byte, b, 1);
	*b = byte & 1;
}

/* False: no recording. data must outlive ret. */
static inline bool record__parse(const uint8_t *data, size_t size, struct record *ret)
{
	size_t at = 8 + sizeof(ret->image);

	ret->count = ret->reads = 0;
	if (size < at || memcmp(data, RECORD_MAGIC, 8))
		return false;
	memcpy(&ret->image, data + 8, sizeof(ret->image));
	record__make_bool(&ret->image.arm64);
	record__make_bool(&ret->image.has_sections);
	for (size_t i = 0; i < GO_SEGMENTS_MAX; i++) {
		record__make_bool(&ret->image.segments[i].writable);
		record__make_bool(&ret->image.segments[i].executable);
	}
	if (ret->image.segment_count > GO_SEGMENTS_MAX)
		ret->image.segment_count = GO_SEGMENTS_MAX;
	while (size - at > 16 && ret->count < RECORD_BLOCKS) {
		struct record_block b;

		memcpy(&b.address, data + at, 8);
		memcpy(&b.len, data + at + 8, 8);
		at += 16;
		if (b.len > size - at)
			b.len = size - at;
		b.bytes = data + at;
		at += b.len;
		ret->blocks[ret->count++] = b;
	}
	return true;
}

static inline ssize_t record__read(void *arg, uint64_t address, void *buf, size_t len)
{
	struct record *r = arg;
	size_t done = 0;

	r->reads++;
	for (size_t i = 0; i < r->count && done < len; i++) {
		const struct record_block *b = &r->blocks[i];
		uint64_t in = address + done - b->address;

		if (in >= b->len)
			continue;
		if (b->len - in < len - done) {
			memcpy((uint8_t *)buf + done, b->bytes + in, b->len - in);
			done += b->len - in;
			i = (size_t)-1; /* its neighbour may be anywhere */
		} else {
			memcpy((uint8_t *)buf + done, b->bytes + in, len - done);
			done = len;
		}
	}
	return done ? (ssize_t)done : -14; /* EFAULT */
}

static inline int record__read_many(void *arg, struct memory_piece *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list[i].got = record__read(arg, list[i].address, list[i].buf, list[i].len);
	return 0;
}

#endif
