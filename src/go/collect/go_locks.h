/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks and wait groups: blocked goroutines, and those that likely hold them. */
#ifndef TS_GO_COLLECT_GO_LOCKS_H
#define TS_GO_COLLECT_GO_LOCKS_H

#include "go/collect/go_naming.h"
#include "go/runtime/goroutines.h"
#include "facts/goroutines.h"

#define GO_LOCKS_MAX 64 /* reported locks, those with the most waiters */

struct go_locks;

struct go_locks *go_locks__new(struct goroutines *r);
void go_locks__free(struct go_locks *l); /* NULL is fine */
/* Counts a goroutine that waits for one; ignores others. */
void go_locks__add(struct go_locks *l, const struct goroutine *go, const struct go_row *row);
bool go_locks__any(const struct go_locks *l);
/*
 * Fills the report's locks, most waiters first, with their holders, for which all goroutines are read once
 * more. Costs nothing while nobody waits.
 */
void go_locks__find(struct go_locks *l, struct go_naming *n, struct go_reading *report);

#endif
