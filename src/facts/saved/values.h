/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integers of any size in a struct, by their row. */
#ifndef TS_FACTS_SAVED_VALUES_H
#define TS_FACTS_SAVED_VALUES_H

#include <string.h>

#include "util/field.h"

/*
 * Of a negative one the two's complement. The sizes are constants, because a copy of any size is a call, and
 * a sample of 2,000 threads has 200,000 integers.
 */
static inline uint64_t field__get(const struct field *f, const void *at)
{
	uint64_t value = 0;

	switch (f->size) { /* little-endian, as all that threadscope runs on */
	case 1:
		memcpy(&value, at, 1);
		break;
	case 4:
		memcpy(&value, at, 4);
		break;
	case 8:
		memcpy(&value, at, 8);
		break;
	default:
		memcpy(&value, at, f->size);
	}
	if (f->is_signed && f->size < 8 && value >> (8 * f->size - 1))
		value |= UINT64_MAX << (8 * f->size);
	return value;
}

static inline void field__set(const struct field *f, void *at, uint64_t value)
{
	memcpy(at, &value, f->size);
}

static inline bool field__below(const struct field *f, uint64_t value)
{
	return f->is_signed ? (int64_t)value < f->min : value < (uint64_t)f->min;
}

static inline bool field__above(const struct field *f, uint64_t value)
{
	return f->is_signed ? (int64_t)value >= 0 && value > f->max : value > f->max;
}

static inline bool field__allows(const struct field *f, uint64_t value)
{
	return !field__below(f, value) && !field__above(f, value);
}

#endif
