/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots for pprof: one sample per thread and snapshot; its values are the number of threads (1) and the
 * time waited (fold__waited_ns). Labels, where known: process, pid, thread, tid, wait (a kind, or "running"),
 * class, call, lock, file, blocked_by (a TID).
 */
#ifndef TS_VIEWS_EXPORT_PPROF_H
#define TS_VIEWS_EXPORT_PPROF_H

#include "views/export/profile.h"

/* shown: the value that is the default, from 0 on. several: snapshots of a process. Free it with
 * profile__free. */
struct profile *pprof__new(bool several, size_t shown);
/* Adds the selected threads. last: of this process no further snapshot follows. */
void pprof__add(struct profile *p, const struct snapshot_report *r, bool last);

#endif
