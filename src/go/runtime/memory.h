/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a Go program: a process, or in tests a recording; and a cache of the parts that do not
 * change, the linker's tables.
 */
#ifndef TS_GO_RUNTIME_MEMORY_H
#define TS_GO_RUNTIME_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "target/process.h"

struct go_memory {
	ssize_t (*read)(void *arg, uint64_t address, void *buf, size_t len); /* as process__read */
	int (*read_many)(void *arg, struct memory_piece *list, size_t n);    /* as process__read_many */
	void *arg;
};

/* True if all of it was read. */
bool go_memory__read(const struct go_memory *m, uint64_t address, void *buf, size_t len);
bool go_memory__u64(const struct go_memory *m, uint64_t address, uint64_t *ret);

struct go_cache;
/* memory is borrowed. */
struct go_cache *go_cache__new(const struct go_memory *memory);
void go_cache__free(struct go_cache *c); /* NULL is fine */
/* True if all of it is readable. Caches at most 64 MiB; the rest is read each time. */
bool go_cache__read(struct go_cache *c, uint64_t address, void *buf, size_t len);
/* A string up to its NUL, cut at size - 1 bytes. False: not readable. */
bool go_cache__string(struct go_cache *c, uint64_t address, char *buf, size_t size);
/* The number of contiguous cached bytes from address on: at least 1 if readable, otherwise 0. *ret is valid
 * until the next call. */
size_t go_cache__bytes(struct go_cache *c, uint64_t address, const uint8_t **ret);

#endif
