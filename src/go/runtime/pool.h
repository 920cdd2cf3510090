/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory freed all at once, and a hash table of records by a 64-bit key. */
#ifndef TS_GO_RUNTIME_POOL_H
#define TS_GO_RUNTIME_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct go_pool_block;
struct go_pool {
	struct go_pool_block *blocks;
	size_t bytes; /* in use */
};
/* Zeroed, aligned to 8; NULL without memory. */
void *go_pool__alloc(struct go_pool *p, size_t size);
const char *go_pool__string(struct go_pool *p, const char *s); /* never NULL */
void go_pool__free(struct go_pool *p);

struct go_table {
	uint8_t *records;
	uint64_t *keys; /* 0: free */
	size_t slots, count;
};
/*
 * The record of that key, of size bytes (the same in each call); made and
 * zeroed if there was none. Valid until the next call. NULL without memory.
 */
void *go_table__get(struct go_table *t, size_t size, uint64_t key, bool *ret_made);
/* The record if there is one, else NULL. */
void *go_table__find(const struct go_table *t, size_t size, uint64_t key);
void go_table__free(struct go_table *t);

#endif
