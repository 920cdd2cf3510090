/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The target's memory: a function, so that tests can lie. */
#ifndef TS_PYTHON_RUNTIME_MEMORY_H
#define TS_PYTHON_RUNTIME_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "target/process.h"
#include "util/raw.h"

struct python_memory {
	/* The bytes read, from the start, or a negative errno. */
	ssize_t (*read)(const void *of, uint64_t address, void *buf, size_t len);
	/* Many pieces in few requests; NULL: one after the other. */
	void (*read_many)(const void *of, struct memory_piece *list, size_t n);
	const void *of;
};

static inline ssize_t python_memory__some(const struct python_memory *m, uint64_t address, void *buf,
					  size_t len)
{
	return address < 4096 || address >= 1ull << 56 ? -1 : m->read(m->of, address, buf, len);
}

static inline bool python_memory__read(const struct python_memory *m, uint64_t address, void *buf, size_t len)
{
	return python_memory__some(m, address, buf, len) == (ssize_t)len;
}

/* Fills got of each. */
static inline void python_memory__many(const struct python_memory *m, struct memory_piece *list, size_t n)
{
	if (m->read_many)
		m->read_many(m->of, list, n);
	else
		for (size_t i = 0; i < n; i++)
			list[i].got = python_memory__some(m, list[i].address, list[i].buf, list[i].len);
}

static inline bool python_memory__u64(const struct python_memory *m, uint64_t address, uint64_t *ret)
{
	return python_memory__read(m, address, ret, sizeof(*ret));
}

#endif
