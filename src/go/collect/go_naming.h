/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A single goroutine in facts: those that receive from a channel or hold a lock. */
#ifndef TS_GO_COLLECT_GO_NAMING_H
#define TS_GO_COLLECT_GO_NAMING_H

#include "go/runtime/goroutines.h"
#include "collect/targets/targets.h"
#include "facts/goroutines.h"
#include "util/arena.h"

#define GO_NAMING_FRAMES 64 /* of a stack */

struct probes;

/* The thread that a goroutine is on, in threadscope's namespace; 0: none. */
typedef pid_t (*go_thread_fn)(const struct goroutine *go, void *arg);

struct go_naming {
	struct goroutines *r;
	const struct process *process;
	struct probes *probes;
	struct arena *a;
	go_thread_fn thread;
	void *thread_arg;
	struct symbolizer *symbolizer;         /* NULL: not available */
	struct frame frames[GO_NAMING_FRAMES]; /* of the place that is being named */
};

/* pc: in its function that receives or holds. */
struct go_reader go_reader__of(struct go_naming *n, const struct goroutine *go, uint64_t pc);

#endif
