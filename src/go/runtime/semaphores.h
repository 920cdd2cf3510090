/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who waits for which semaphore, before Go 1.26. */
#ifndef TS_GO_RUNTIME_SEMAPHORES_H
#define TS_GO_RUNTIME_SEMAPHORES_H

#include "go/runtime/reader.h"

struct go_semaphores;

/* Reads all waiters as they are now; at most about two for each of goroutine_count. Empty if the
 * table is not found. */
struct go_semaphores *go_semaphores__read(struct goroutines *r, uint64_t goroutine_count);
void go_semaphores__free(struct go_semaphores *s); /* NULL is fine */
/* The sudog by which g waited then; 0: none. To be checked against g. */
uint64_t go_semaphores__sudog(const struct go_semaphores *s, uint64_t g);

#endif
