/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pools of a Java program, which name their threads: pool-128-thread-1. */
#ifndef TS_MODEL_FINDINGS_POOL_NAMES_H
#define TS_MODEL_FINDINGS_POOL_NAMES_H

#include "util/arena.h"
#include "words/describe.h"

/* Of the threads that are not older than that, where most have names of one pattern:
 * ", named pool-*-thread-* (the newest is pool-128-thread-1)"; else "". c: who creates them, may be NULL. */
const char *pool_names__text(struct arena *a, const struct naming *n, const struct creator_row *c,
			     uint64_t span_ns);

#endif
