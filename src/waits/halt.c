// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/halt.h"

#include <sched.h>
#include <signal.h>
#include <string.h>

#include "thresholds.h"

/* Once only: its turn would have come in any case, and what it waited for may have been this reading. */
static bool waits_its_turn(const struct ts_halt *h)
{
	return h->no_cpu_ns < (h->by_tid ? NS_OF_MS(NO_CPU_MS) : NS_OF_MS(NO_CPU_UNKNOWN_MS));
}

/* In the kernel, where a thread waits because of its cgroup's limit: mm/memcontrol.c, Linux 5.10 to 7.3. */
static bool waits_for_memory(const struct call_stack *kernel)
{
	static const char *const NAMES[] = {"mem_cgroup_handle_over_high",
					    "__mem_cgroup_handle_over_high",
					    "mem_cgroup_oom_synchronize",
					    "try_to_free_mem_cgroup_pages",
					    "reclaim_high",
					    "mem_cgroup_out_of_memory"};

	for (size_t i = 0; i < kernel->count; i++)
		for (size_t k = 0; kernel->frames[i].function && k < sizeof(NAMES) / sizeof(NAMES[0]); k++)
			if (!strcmp(kernel->frames[i].function, NAMES[k]))
				return true;
	return false;
}

enum halt_reason halt__reason(const struct sample_thread *t)
{
	const struct ts_halt *h = &t->halt;

	if (t->frozen)
		return HALT_FROZEN;
	if (t->state == 'T')
		return HALT_STOPPED;
	if (t->state == 't')
		return HALT_TRACED;
	if (t->blocked && h->memory_limit && waits_for_memory(&t->kernel_stack))
		return HALT_MEMORY;
	if (t->state != 'R' || t->on_cpu)
		return HALT_NONE;
	if (t->throttled)
		return HALT_THROTTLED;
	if (waits_its_turn(h))
		return HALT_NONE;
	return h->policy == SCHED_IDLE || h->nice > 0 ? HALT_LOW_PRIORITY : HALT_RUN_QUEUE;
}

const char *stop_signal_name(unsigned signal)
{
	switch (signal) {
	case SIGSTOP:
		return "SIGSTOP";
	case SIGTSTP:
		return "SIGTSTP";
	case SIGTTIN:
		return "SIGTTIN";
	case SIGTTOU:
		return "SIGTTOU";
	}
	return NULL;
}

const char *policy_name(unsigned policy)
{
	static const char *const NAMES[] = {
		[SCHED_OTHER] = "SCHED_OTHER",
		[SCHED_FIFO] = "SCHED_FIFO",
		[SCHED_RR] = "SCHED_RR",
		[SCHED_BATCH] = "SCHED_BATCH",
		[SCHED_IDLE] = "SCHED_IDLE",
		[6] = "SCHED_DEADLINE",
		[7] = "SCHED_EXT",
	};

	return policy < sizeof(NAMES) / sizeof(NAMES[0]) ? NAMES[policy] : NULL;
}
