/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes and syncs that took --slow-write or longer and have ended. Plain data. */
#ifndef TS_FACTS_SLOW_CALLS_H
#define TS_FACTS_SLOW_CALLS_H

#include <sys/types.h>

#include "facts/kinds.h"
#include "facts/stack.h"

struct slow_calls {
	uint64_t count, ns;
	uint64_t parts[STALL_PARTS]; /* ns; their sum is about ns */
};

struct slow_call {
	bool sync;
	const char *syscall, *name; /* of the call, of its thread */
	pid_t tid;
	uint64_t ns, bytes; /* bytes asked for */
	int64_t result;
	uint64_t parts[STALL_PARTS];
	struct call_stack stack; /* count 0: not known */
};

#endif
