/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A recording of a Go program: "GOREC1\n\0", struct go_image, then the memory (tests/recorded.h). */
#ifndef TS_GO_RECORD_H
#define TS_GO_RECORD_H

#include "go/runtime/reader.h"
#include "tests/recorded.h"

#define RECORD_MAGIC "GOREC1\n"

struct record {
	struct go_image image;
	struct recorded memory;
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
	recorded__parse(data + at, size - at, &ret->memory);
	return true;
}

static inline ssize_t record__read(void *arg, uint64_t address, void *buf, size_t len)
{
	struct record *r = arg;

	return recorded__read(&r->memory, address, buf, len);
}

static inline int record__read_many(void *arg, struct memory_piece *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list[i].got = record__read(arg, list[i].address, list[i].buf, list[i].len);
	return 0;
}

#endif
