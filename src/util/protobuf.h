/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding): a message is a sequence of
 * fields, so messages are built from the inside out, each in its own buffer. Pure.
 */
#ifndef TS_UTIL_PROTOBUF_H
#define TS_UTIL_PROTOBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed, it is empty. */
struct protobuf {
	unsigned char *bytes;
	size_t size, room;
};

/* Appends a field. The format omits a number that is 0. Negative numbers are cast. */
void protobuf__number(struct protobuf *p, unsigned field, uint64_t value);
void protobuf__bytes(struct protobuf *p, unsigned field, const void *bytes, size_t size);
void protobuf__message(struct protobuf *p, unsigned field, const struct protobuf *message);
/* A repeated number; zeros are kept. */
void protobuf__numbers(struct protobuf *p, unsigned field, const uint64_t *values, size_t count);

void protobuf__clear(struct protobuf *p); /* empty again, the memory kept */
void protobuf__free(struct protobuf *p);

#endif
