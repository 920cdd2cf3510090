// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/saved/bytes.h"

#include <string.h>

#include "util/array.h"

void bytes__put(struct bytes *b, const void *from, size_t size)
{
	if (!size)
		return;
	ARRAY_RESERVE(b->data, b->room, b->size + size);
	memcpy(b->data + b->size, from, size);
	b->size += size;
}

void bytes__put_byte(struct bytes *b, uint8_t byte)
{
	bytes__put(b, &byte, 1);
}

void bytes__put_number(struct bytes *b, uint64_t value)
{
	uint8_t bytes[10];
	size_t n = 0;

	for (; value >= 0x80; value >>= 7)
		bytes[n++] = (uint8_t)(value | 0x80);
	bytes[n++] = (uint8_t)value;
	bytes__put(b, bytes, n);
}

void bytes__put_difference(struct bytes *b, uint64_t difference)
{
	bytes__put_number(b, difference << 1 ^ (difference >> 63 ? UINT64_MAX : 0));
}

uint8_t cursor__byte(struct cursor *c)
{
	if (c->at == c->end) {
		c->bad = true;
		return 0;
	}
	return *c->at++;
}

uint64_t cursor__number(struct cursor *c)
{
	uint64_t value = 0;

	for (int shift = 0; shift < 64; shift += 7) {
		uint8_t byte = cursor__byte(c);

		if (shift == 63 && byte > 1)
			break;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	c->bad = true;
	return 0;
}

uint64_t cursor__difference(struct cursor *c)
{
	uint64_t value = cursor__number(c);

	return value >> 1 ^ (value & 1 ? UINT64_MAX : 0);
}

size_t cursor__count(struct cursor *c, size_t least)
{
	uint64_t count = cursor__number(c);

	if (count <= cursor__left(c) / least)
		return (size_t)count;
	c->bad = true;
	return 0;
}

const uint8_t *cursor__bytes(struct cursor *c, size_t size)
{
	const uint8_t *at = c->at;

	if (size > cursor__left(c)) {
		c->bad = true;
		return NULL;
	}
	c->at += size;
	return at;
}
