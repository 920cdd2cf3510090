/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many threads a process may still have. Plain data. */
#ifndef TS_FACTS_THREAD_LIMITS_H
#define TS_FACTS_THREAD_LIMITS_H

#include <stdint.h>

#define LIMIT_NONE UINT64_MAX /* no limit, or not known */
struct thread_limit {
	uint64_t used, max; /* threads; max LIMIT_NONE where there is none */
};
struct thread_limits {
	/* nearest of its cgroup and the ancestors: pids.current/pids.max, v1 and v2 */
	struct thread_limit pids_cgroup;
	/* RLIMIT_NPROC: threads of its real user; LIMIT_NONE for root and with CAP_SYS_RESOURCE */
	struct thread_limit nproc;
	/* smaller of kernel.threads-max and pid_max, and all threads there are */
	struct thread_limit system;
	char cgroup[256]; /* path of the cgroup that pids_cgroup speaks of */
};

#endif
