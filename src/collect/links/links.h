/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whom the threads of a sample wait for in other processes, and what those do, to the end of the chain. Other
 * processes are read from /proc and, in a snapshot, by a pass over their threads: never stopped, at most 64
 * of them, and for a bounded time.
 */
#ifndef TS_COLLECT_LINKS_LINKS_H
#define TS_COLLECT_LINKS_LINKS_H

#include "collect/threads/threads.h"
#include "probes/probes.h"

struct links;

/* Both are borrowed. */
struct links *links__new(struct targets *t, struct probes *p);
void links__free(struct links *l); /* NULL is fine */
/* For the threads that have waited for a moment. Locks and their owners are known by then. */
void links__find(struct links *l, struct sample *s);
/* Since when threads of other processes wait, as far as the other one has seen it, and as long as they still
 * do. */
void links__take_ages(struct links *l, const struct links *from);

#endif
