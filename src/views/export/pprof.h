/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots for pprof: one sample per thread; its values are the number of threads (1) and the time waited so
 * far. Labels, where known: process, pid, thread, tid, wait (a kind, or "running"), call, lock, file,
 * blocked_by (a TID).
 */
#ifndef TS_VIEWS_EXPORT_PPROF_H
#define TS_VIEWS_EXPORT_PPROF_H

#include "views/export/profile.h"

/* by_wait_time: that value is the default. NULL: out of memory; free it with profile__free. */
struct profile *pprof__new(bool by_wait_time);
/* Adds the selected threads. */
void pprof__add(struct profile *p, const struct snapshot_report *r);

#endif
