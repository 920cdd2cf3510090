/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls timed by call and place: top --calls. Plain data. */
#ifndef TS_FACTS_TIMED_CALLS_H
#define TS_FACTS_TIMED_CALLS_H

#include <sys/types.h>

#include "facts/kinds.h"
#include "facts/stack.h"

/* clang-format off */
/* The slowest call of a row that took --slow-write or longer. */
#define SAMPLE_CALL_SLOWEST_FIELDS(F) \
	F(uint64_t, ns, NUMBER, "ns", "how long it took") \
	F(uint64_t, end_ns, NUMBER, "ns", "when it ended, CLOCK_MONOTONIC") \
	F(int64_t, result, NUMBER, "", "what it returned, or a negative errno") \
	F(pid_t, tid, ID, "", "the thread that made it") \
	F(const char *, name, NAME, "", "of that thread") \
	F(struct call_stack, stack, STRUCT, "", "user stack; count 0: not known")
struct sample_call_slowest {
	SAMPLE_CALL_SLOWEST_FIELDS(FIELD_MEMBER)
};

/* A call and its place. key, of a file: which one; path is then its name now. */
#define SAMPLE_CALL_FIELDS(F) \
	F(pid_t, pid, PID, "", "its process") \
	F(const char *, call, NAME, "", "name of the system call") \
	F(enum ts_call_place, place, ENUM(TS_PLACES), "", "") \
	F(struct ts_file_key, key, STRUCT, "", "of a file; else zeros") \
	F(const char *, path, NAME, "", "or address; \"\": not known") \
	F(bool, cut, FLAG, "", "path is the end of a longer one") \
	F(const char *, peer, TEXT, "", "at the other end of a file; NULL: none, or not known") \
	F(uint64_t, ns, NUMBER, "ns", "in calls that have ended, since attach") \
	F(uint64_t, bytes, NUMBER, "bytes", "that these returned; 0: others return none") \
	F(uint64_t, errors, NUMBER, "calls", "that failed, since attach") \
	F(uint32_t, errnos, ARRAY(2), "", "the last one, and the last different one before; 0: none") \
	F(uint64_t, last_ns, NUMBER, "ns", "when the last call ended, CLOCK_MONOTONIC") \
	F(bool, evicted, FLAG, "", "its row in the kernel begins anew after this sample") \
	F(struct ts_latency, calls, STRUCT, "", "that have ended, since attach") \
	F(uint64_t, in_flight, NUMBER, "calls", "") \
	F(uint64_t, in_flight_ns, NUMBER, "ns", "for how long so far, their sum") \
	F(uint64_t, oldest_ns, NUMBER, "ns", "of these") \
	F(pid_t, oldest_tid, ID, "", "the thread that is in it; 0: none is in flight") \
	F(const struct sample_call_slowest, slowest, OPTIONAL, "", "since attach; NULL: none was slow, or it changed just then")
struct sample_call {
	SAMPLE_CALL_FIELDS(FIELD_MEMBER)
};
/* clang-format on */

/* By process, call and place: for qsort. Equal ones are one row. */
int sample_call__order(const void *a, const void *b);

#endif
