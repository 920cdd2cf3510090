/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Live view: threads that have only run since the sample before, never blocked. */
#ifndef TS_COLLECT_THREADS_BUSY_THREADS_H
#define TS_COLLECT_THREADS_BUSY_THREADS_H

#include "collect/threads/bare_stacks.h"
#include "util/u64_table.h"

/*
 * Registers and stacks of such threads, in processes with at least two, as each has them at the next tick of
 * its CPU. By thread of s, made from pass; the caller frees them. NULL: no thread is busy. Takes no time
 * then, else up to RUNNING_WAIT_NS per process. blocked: how often they had blocked at the sample before,
 * which it brings up to date; empty at first, and freed by its owner.
 */
struct bare_stack *busy_threads__sample(struct u64_table *blocked, struct targets *targets, struct sample *s,
					const struct pass *pass);

#endif
