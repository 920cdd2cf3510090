/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields of structures that were copied from a target's memory. The caller has checked the bounds. */
#ifndef TS_UTIL_RAW_H
#define TS_UTIL_RAW_H

#include <stdint.h>
#include <string.h>

/* The offset is within the copy, in bytes; a field need not be aligned. */
static inline uint64_t raw_u64(const uint8_t *copy, int32_t offset)
{
	uint64_t value;

	memcpy(&value, copy + offset, sizeof(value));
	return value;
}

static inline uint32_t raw_u32(const uint8_t *copy, int32_t offset)
{
	uint32_t value;

	memcpy(&value, copy + offset, sizeof(value));
	return value;
}

#endif
