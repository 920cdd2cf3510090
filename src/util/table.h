/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uthash, the hash table of everything, with what it does without memory; for numbers by the million:
 * u64_table.h */
#ifndef TS_UTIL_TABLE_H
#define TS_UTIL_TABLE_H

#include "util/heap.h"

#define uthash_malloc(size)    heap__alloc(size)
#define uthash_fatal(sentence) heap__exhausted()
#include <uthash.h>

#endif
