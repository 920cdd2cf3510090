/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Details of a goroutine that are read on request. */
#ifndef TS_GO_RUNTIME_DETAILS_H
#define TS_GO_RUNTIME_DETAILS_H

#include "go/runtime/batch.h"

struct arena;

/* Fills wait of goroutines in IO wait with their descriptors. */
void go_details__fds(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n);
/* The pprof labels of a slot, allocated in pool. */
void go_details__labels(struct goroutines *r, struct go_slot *s, struct arena *pool);

#endif
