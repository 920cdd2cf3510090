/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A panic of a Go program. Plain data. */
#ifndef TS_FACTS_PANIC_H
#define TS_FACTS_PANIC_H

#include <sys/types.h>

#include "facts/stack.h"

enum panic_outcome {
	PANIC_UNKNOWN, /* deferred functions still run, or another panic took its place */
	PANIC_RECOVERED,
	PANIC_KILLED,   /* the process ends of it */
	PANIC_REPLACED, /* another one, while it was handled, killed the process */
};
#define PANIC_OUTCOMES (PANIC_REPLACED + 1)
const char *panic_outcome__name(enum panic_outcome outcome); /* "recovered", "killed"; NULL: unknown */

struct panic_facts {
	uint64_t goid;          /* 0: not known */
	const char *value_type; /* "*errors.errorString"; "nil"; NULL: not known */
	const char *value_text; /* what the program would print of it; NULL: not known */
	bool text_cut;          /* it is longer */
	enum panic_outcome outcome;
	struct frame created_by; /* the goroutine was; function NULL: not known */
};

struct go_panic {
	bool fatal;       /* an error of the runtime, which nothing can recover */
	bool late;        /* it has been reported before, without its outcome */
	uint64_t time_ns; /* CLOCK_MONOTONIC; of the outcome where that is known */
	uint64_t duration_ns;
	pid_t pid, tid;
	const char *name; /* of the thread */
	struct call_stack stack;
	struct panic_facts panic;
};

#endif
