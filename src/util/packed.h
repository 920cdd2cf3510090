/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_UTIL_PACKED_H
#define TS_UTIL_PACKED_H

#include <stddef.h>
#include <stdint.h>

/* The bytes, compressed as fast as it goes; for free(). */
uint8_t *packed__make(const void *bytes, size_t size, size_t *ret_size);
/* Those that packed__make was given, size of them; for free(). NULL: they are others. */
uint8_t *packed__open(const void *packed, size_t packed_size, size_t size);

#endif
