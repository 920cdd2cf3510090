/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers and texts as bytes. A number takes 7 bits a byte, the lowest first; the last byte is below 128. */
#ifndef TS_FACTS_SAVED_BYTES_H
#define TS_FACTS_SAVED_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Grows; free(data) ends it. */
struct bytes {
	uint8_t *data;
	size_t size, room;
};
void bytes__put(struct bytes *b, const void *from, size_t size);
void bytes__put_byte(struct bytes *b, uint8_t byte);
void bytes__put_number(struct bytes *b, uint64_t value);
/* Near 0 in either direction is short: 0, -1, 1, -2, ... become 0, 1, 2, 3, ... */
void bytes__put_difference(struct bytes *b, uint64_t difference);

/* Bytes that may be anyone's. Reading past the end, or a number beyond 64 bits, sets bad and gives 0. */
struct cursor {
	const uint8_t *at, *end;
	bool bad;
};
static inline size_t cursor__left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}
uint8_t cursor__byte(struct cursor *c);
uint64_t cursor__number(struct cursor *c);
uint64_t cursor__difference(struct cursor *c);
/* A number of things that follow, with at least least bytes each, of which there cannot be more than bytes.
 */
size_t cursor__count(struct cursor *c, size_t least);
/* The address of the next size bytes; NULL, and bad, if there are fewer. */
const uint8_t *cursor__bytes(struct cursor *c, size_t size);

#endif
