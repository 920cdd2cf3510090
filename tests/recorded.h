/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a reader has looked at in a program's memory, as bytes: the program can be read again without it, in
 * unit tests and by the fuzzers. Blocks: address and length of 8 bytes each, the bytes.
 */
#ifndef TS_RECORDED_H
#define TS_RECORDED_H

#include <stdbool.h>
#include <string.h>

#include "target/process.h"

#define RECORD_BLOCKS 4096

struct record_block {
	uint64_t address, len;
	const uint8_t *bytes;
};

struct recorded {
	struct record_block
		blocks[RECORD_BLOCKS]; /* by address in what is written; any order in what is read */
	size_t count;
	size_t reads; /* limits what a program that lies can make us do */
};

/* data must outlive ret. */
static inline void recorded__parse(const uint8_t *data, size_t size, struct recorded *ret)
{
	size_t at = 0;

	ret->count = ret->reads = 0;
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
}

static inline ssize_t recorded__read(struct recorded *r, uint64_t address, void *buf, size_t len)
{
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

#endif
