/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goroutines for pprof, as Go's own goroutine profile: a sample for equal stack,
 * state, creator and pprof labels, with how many there are as its value. Its
 * labels: the goroutines' own, and of those that are known process, pid, state
 * ("waiting", "syscall", "runnable", "running", ...), wait_reason ("chan
 * receive"), creator, chan or semaphore (where all of the group wait on one),
 * fd and peer, call and file, goid (of a single one), wait_min_ns, wait_max_ns.
 */
#ifndef TS_VIEWS_EXPORT_PPROF_GOROUTINES_H
#define TS_VIEWS_EXPORT_PPROF_GOROUTINES_H

#include "views/export/profile.h"

/* NULL without memory; free it with profile__free. */
struct profile *pprof_goroutines__new(void);
/* A report without goroutines adds nothing. all: the runtime's own, too. */
void pprof_goroutines__add(struct profile *p, const struct snapshot_report *r, bool all);

#endif
