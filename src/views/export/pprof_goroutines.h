/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goroutines for pprof, as Go's own goroutine profile: one sample per combination of stack, state, creator
 * and pprof labels, whose value is the number of goroutines. Labels: the goroutines' own, and where known
 * process, pid, state
 * ("waiting", "syscall", "runnable", "running", ...), wait_reason ("chan
 * receive"), creator, chan or semaphore (where all of the group wait on one),
 * fd and peer, call and file, goid (of a single one), wait_min_ns, wait_max_ns.
 */
#ifndef TS_VIEWS_EXPORT_PPROF_GOROUTINES_H
#define TS_VIEWS_EXPORT_PPROF_GOROUTINES_H

#include "views/export/profile.h"

/* NULL: out of memory; free it with profile__free. */
struct profile *pprof_goroutines__new(void);
/* A report without goroutines adds nothing. all: include the runtime's own. */
void pprof_goroutines__add(struct profile *p, const struct snapshot_report *r, bool all);

#endif
