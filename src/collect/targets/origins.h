/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each process of a sample is: its command line or title, its container or unit, its age. Units are read
 * once. Titles change, and reading one may wait for the process: each is read again after some seconds, and
 * a sample spends little time on them.
 */
#ifndef TS_COLLECT_TARGETS_ORIGINS_H
#define TS_COLLECT_TARGETS_ORIGINS_H

#include "collect/targets/targets.h"
#include "facts/sample.h"

struct origins;

/* Processes are opened only if they are targets. */
struct origins *origins__new(struct targets *t, bool every_process);
void origins__free(struct origins *o);
/* It has executed another program, or has ended. */
void origins__forget(struct origins *o, pid_t pid);
/* For those that have not ended. The ages of all that are targets; others have that of their main thread. */
void origins__fill(struct origins *o, struct sample *s);
/* Of one process, at once. */
void origin__read(struct process *p, struct sample *s, struct sample_process *to);

#endif
