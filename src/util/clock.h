/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times in nanoseconds. The model, which knows no clock, uses the arithmetic alone. */
#ifndef TS_UTIL_CLOCK_H
#define TS_UTIL_CLOCK_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define NS_PER_S 1000000000ull

static inline uint64_t timespec_ns(struct timespec t)
{
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return timespec_ns(t);
}

/* By how much CLOCK_MONOTONIC of this time namespace is ahead of the kernel's, modulo 2^64; 0 before
 * clock__begin, and outside of such namespaces. */
extern uint64_t clock_ahead_ns;
void clock__begin(void);

/* As the kernel counts, and BPF programs: the same in every time namespace. */
static inline uint64_t monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC) - clock_ahead_ns;
}

/* A time of that clock, for a system call or library function that waits until then by CLOCK_MONOTONIC. */
static inline struct timespec monotonic_timespec(uint64_t ns)
{
	uint64_t here = ns + clock_ahead_ns;

	return (struct timespec){(time_t)(here / NS_PER_S), (long)(here % NS_PER_S)};
}

/* CPU time of another process; 0: not known. */
static inline uint64_t process_cpu_ns(pid_t pid)
{
	struct timespec t;
	clockid_t clock;

	return clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t) ? 0 : timespec_ns(t);
}

/* What a counter or a clock has gained; 0 if it is behind: it began anew, or they were read in turn. */
static inline uint64_t gained_since(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

#endif
