/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/packed.h"

#include <stdlib.h>
#include <zlib.h>

#include "util/heap.h"

uint8_t *packed__make(const void *bytes, size_t size, size_t *ret_size)
{
	uLongf length = compressBound(size);
	uint8_t *to = HEAP_NEW(uint8_t, length);

	if (compress2(to, &length, bytes, size, Z_BEST_SPEED) != Z_OK)
		heap__exhausted();
	*ret_size = length;
	return heap__resize(to, length, 1);
}

uint8_t *packed__open(const void *packed, size_t packed_size, size_t size)
{
	uLongf length = size;
	uint8_t *to = HEAP_NEW(uint8_t, size + 1);

	if (uncompress(to, &length, packed, packed_size) == Z_OK && length == size)
		return to;
	free(to);
	return NULL;
}
