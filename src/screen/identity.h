/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a row is, in one number that is the same in every report: FNV-1a over what tells it apart. */
#ifndef TS_SCREEN_IDENTITY_H
#define TS_SCREEN_IDENTITY_H

#include <stdint.h>

#define IDENTITY_SEED 14695981039346656037ull

static inline uint64_t identity__add(uint64_t id, uint64_t value)
{
	for (int i = 0; i < 8; i++) {
		id = (id ^ (value & 0xff)) * 1099511628211ull;
		value >>= 8;
	}
	return id ? id : 1;
}

static inline uint64_t identity__text(uint64_t id, const char *text)
{
	for (; text && *text; text++)
		id = (id ^ (unsigned char)*text) * 1099511628211ull;
	return identity__add(id, 0);
}

#endif
