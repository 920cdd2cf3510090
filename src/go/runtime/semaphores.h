/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The waiters of semaphores, before Go 1.26. */
#ifndef TS_GO_RUNTIME_SEMAPHORES_H
#define TS_GO_RUNTIME_SEMAPHORES_H

#include "go/runtime/reader.h"

struct go_semaphores;

/* Reads all waiters as they are now; at most about two for each of goroutine_count. Empty if the
 * table is not found. */
struct go_semaphores *go_semaphores__read(struct goroutines *r, uint64_t goroutine_count);
void go_semaphores__free(struct go_semaphores *s); /* NULL is fine */
/* The sudog of g's wait at that time; 0: none. To be verified against g. */
uint64_t go_semaphores__sudog(const struct go_semaphores *s, uint64_t g);

#endif
