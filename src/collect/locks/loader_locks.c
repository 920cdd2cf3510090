// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/locks/loader_locks.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define MUTEX_KIND      16 /* in pthread_mutex_t: __kind */
#define KIND_RECURSIVE  1  /* PTHREAD_MUTEX_RECURSIVE_NP */
#define NAMESPACES_MOST 16 /* DL_NNS */

/* In their order; the last one since glibc 2.35. */
static const char *const MEMBERS[LOADER_LOCKS] = {"_dl_load_lock", "_dl_load_write_lock",
						  "_dl_load_tls_lock"};

static bool is_recursive(const uint8_t *mutex)
{
	uint32_t kind;

	memcpy(&kind, mutex + MUTEX_KIND, sizeof(kind));
	return kind == KIND_RECURSIVE;
}

/* Behind a mutex is the end of its list, which is empty. */
static bool counts_namespaces(const uint8_t *at)
{
	uint64_t count;

	memcpy(&count, at, sizeof(count));
	return count >= 1 && count <= NAMESPACES_MOST;
}

const char *loader_locks__member(const uint8_t bytes[LOADER_BYTES])
{
	const uint8_t *mutex = bytes + LOADER_BYTES_BEFORE;

	for (size_t i = 0; i < LOADER_LOCKS; i++, mutex -= LOADER_LOCK_BYTES) {
		if (!is_recursive(mutex))
			return NULL;
		if (counts_namespaces(mutex - 8))
			return MEMBERS[i];
	}
	return NULL;
}
