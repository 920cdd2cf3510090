/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a goroutine is read only when asked for. */
#ifndef TS_GO_RUNTIME_DETAILS_H
#define TS_GO_RUNTIME_DETAILS_H

#include "go/runtime/batch.h"

struct arena;

/* The descriptors of those in IO wait, into wait of each. */
void go_details__fds(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n);
/* pprof labels of a slot, kept in pool. */
void go_details__labels(struct goroutines *r, struct go_slot *s, struct arena *pool);

#endif
