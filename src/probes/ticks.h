/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples of threads that run: registers and the top of the stack as they are at the next tick of the CPU
 * that a thread is on, by the kernel's own profiling timer (perf events). Nothing is stopped.
 *
 * The events are the CPUs', not the threads': the first one of a thread on a machine makes the kernel wait
 * for some 10 ms (account_event in kernel/events/core.c). What else such a CPU runs is passed over unread.
 */
#ifndef TS_PROBES_TICKS_H
#define TS_PROBES_TICKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bpf/threadscope.h"

#define TICKS_CPUS_MAX    256   /* that are sampled at once */
#define TICKS_STACK_BYTES 16384 /* of a stack, at most */

struct tick_thread {
	pid_t tid;
	bool over; /* sampled, or no longer running */
};

struct tick_sink {
	/* The CPU that a thread is on or will be on next; negative: it no longer runs. */
	int (*cpu_of)(void *arg, pid_t tid);
	/* regs: of user space; stack: len bytes from its stack pointer up. Valid during the call. */
	void (*sample)(void *arg, size_t thread, const struct ts_regs *regs, const uint8_t *stack,
		       size_t len);
	void *arg;
};

/*
 * Passes each thread that gets a CPU meanwhile to sink->sample once. Returns when all were sampled or have
 * stopped running, after wait_ns at the latest. 0, or a negative errno if no CPU can be sampled.
 */
int ticks__take(struct tick_thread *threads, size_t count, uint64_t wait_ns, const struct tick_sink *sink);
/* Whether this is allowed. 0 or a negative errno. */
int ticks__try(void);

#endif
