/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash table of records of one size by a 64-bit number, without a piece of memory for each: for what a
 * reading looks up 100,000 times and more. All zero is an empty one. Everything else uses util/table.h.
 */
#ifndef TS_UTIL_U64_TABLE_H
#define TS_UTIL_U64_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct u64_table {
	uint64_t *keys; /* 0: free; the one after the last is for the key 0 */
	uint8_t *records;
	size_t slots, count;
	bool has_zero;
};

/* The record of key, of size bytes (the same in each call), aligned to 8 if size is; made, and zeroed, if
 * there was none. It stays where it is until the next one is made. */
void *u64_table__get(struct u64_table *t, size_t size, uint64_t key, bool *ret_made);
/* The record, or NULL. */
void *u64_table__find(const struct u64_table *t, size_t size, uint64_t key);
/* The record after this one, the first if it is NULL; NULL: that was the last. In no order. */
void *u64_table__next(const struct u64_table *t, size_t size, const void *record);
/* Empties it, too. */
void u64_table__free(struct u64_table *t);

#endif
