/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/protobuf.h"

#include <stdlib.h>
#include <string.h>

#include "util/array.h"

enum wire_type { VARINT = 0, LENGTH = 2 };

#define VARINT_BYTES 10

static void append(struct protobuf *p, const void *bytes, size_t size)
{
	if (!size)
		return;
	ARRAY_RESERVE(p->bytes, p->room, p->size + size);
	/* cppcheck-suppress uninitvar */
	memcpy(p->bytes + p->size, bytes, size);
	p->size += size;
}

/* Seven bits a byte, the lowest first; all but the last have the top bit. */
static size_t encode(unsigned char dst[VARINT_BYTES], uint64_t value)
{
	size_t size = 0;

	for (; value >= 0x80; value >>= 7)
		dst[size++] = (unsigned char)(value | 0x80);
	dst[size++] = (unsigned char)value;
	return size;
}

static void varint(struct protobuf *p, uint64_t value)
{
	unsigned char bytes[VARINT_BYTES];

	append(p, bytes, encode(bytes, value));
}

static void tag(struct protobuf *p, unsigned field, enum wire_type type)
{
	varint(p, (uint64_t)field << 3 | type);
}

void protobuf__number(struct protobuf *p, unsigned field, uint64_t value)
{
	if (!value)
		return;
	tag(p, field, VARINT);
	varint(p, value);
}

void protobuf__bytes(struct protobuf *p, unsigned field, const void *bytes, size_t size)
{
	tag(p, field, LENGTH);
	varint(p, size);
	append(p, bytes, size);
}

void protobuf__message(struct protobuf *p, unsigned field, const struct protobuf *message)
{
	protobuf__bytes(p, field, message->bytes, message->size);
}

void protobuf__numbers(struct protobuf *p, unsigned field, const uint64_t *values, size_t count)
{
	unsigned char bytes[VARINT_BYTES];
	size_t size = 0;

	for (size_t i = 0; i < count; i++)
		size += encode(bytes, values[i]);
	tag(p, field, LENGTH);
	varint(p, size);
	for (size_t i = 0; i < count; i++)
		varint(p, values[i]);
}

void protobuf__clear(struct protobuf *p)
{
	p->size = 0;
}

void protobuf__free(struct protobuf *p)
{
	free(p->bytes);
	*p = (struct protobuf){0};
}
