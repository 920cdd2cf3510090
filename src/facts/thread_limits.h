/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many threads a process may still have. Plain data. */
#ifndef TS_FACTS_THREAD_LIMITS_H
#define TS_FACTS_THREAD_LIMITS_H

#include <stdint.h>

#include "util/field.h"

#define LIMIT_NONE UINT64_MAX /* no limit, or not known */

/* clang-format off */
#define THREAD_LIMIT_FIELDS(F) \
	F(uint64_t, used, NUMBER, "threads", "there are") \
	F(uint64_t, max, NUMBER, "threads", "there may be; LIMIT_NONE: no limit")
struct thread_limit {
	THREAD_LIMIT_FIELDS(FIELD_MEMBER)
};

/* nproc has no limit for root and with CAP_SYS_RESOURCE. */
#define THREAD_LIMITS_FIELDS(F) \
	F(struct thread_limit, pids_cgroup, STRUCT, "", "pids.max of the nearest of its cgroup and the ancestors") \
	F(struct thread_limit, nproc, STRUCT, "", "RLIMIT_NPROC: threads of its real user") \
	F(struct thread_limit, system, STRUCT, "", "kernel.threads-max: all threads") \
	F(struct thread_limit, pids, STRUCT, "", "kernel.pid_max: each thread has a number; max 0 in older files") \
	F(struct thread_limit, go, STRUCT, "", "Go's own, debug.SetMaxThreads; max 0: not a Go program, or not known") \
	F(char, cgroup, CHARS(256), "", "path of the cgroup that pids_cgroup is about")
/* clang-format on */
struct thread_limits {
	THREAD_LIMITS_FIELDS(FIELD_MEMBER)
};

#endif
