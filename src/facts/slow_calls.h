/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes and syncs that took --slow-write or longer and have ended. Plain data. */
#ifndef TS_FACTS_SLOW_CALLS_H
#define TS_FACTS_SLOW_CALLS_H

#include <sys/types.h>

#include "facts/kinds.h"
#include "facts/stack.h"

/* clang-format off */
#define SLOW_CALLS_FIELDS(F) \
	F(uint64_t, count, NUMBER, "calls", "that took so long") \
	F(uint64_t, ns, NUMBER, "ns", "their time") \
	F(uint64_t, parts, ARRAY(STALL_PARTS), "ns", "by enum stall_part; their sum is about ns")

#define SLOW_CALL_FIELDS(F) \
	F(bool, sync, FLAG, "", "a sync, else a write") \
	F(const char *, syscall, TEXT, "", "the call's name") \
	F(const char *, name, TEXT, "", "the thread's name") \
	F(pid_t, tid, ID, "", "of the thread") \
	F(uint64_t, ns, NUMBER, "ns", "how long it took") \
	F(uint64_t, bytes, NUMBER, "bytes", "asked for") \
	F(int64_t, result, NUMBER, "", "what the call returned: bytes, or a negative errno") \
	F(uint64_t, parts, ARRAY(STALL_PARTS), "ns", "by enum stall_part") \
	F(struct call_stack, stack, STRUCT, "", "user stack; count 0: not known")
/* clang-format on */
struct slow_calls {
	SLOW_CALLS_FIELDS(FIELD_MEMBER)
};
struct slow_call {
	SLOW_CALL_FIELDS(FIELD_MEMBER)
};

#endif
