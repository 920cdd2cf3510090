/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Going up the cgroups of a thread. */
#ifndef TS_WALK_BPF_H
#define TS_WALK_BPF_H

#define CGROUP_DEPTH 16 /* levels that are looked at, from a thread's own cgroup up */

/*
 * A snapshot waits for the verifier. Where bpf_loop is known to exist (5.17, commit e6f2dd0f8067) it looks at
 * a step once instead of once for each level; and at a global function by itself, once, instead of at each
 * call in each state. (A program that disables preemption may not call such a function before 6.15.)
 */
#ifdef TS_LIGHT
#define WALK_UP(step, arg) bpf_loop(CGROUP_DEPTH, step, arg, 0)
#define CHECKED_ALONE      __noinline
#define plain_address      as_number
#else
#define WALK_UP(step, arg)                                      \
	for (u32 level_ = 0; level_ < CGROUP_DEPTH; level_++) { \
		if (step(level_, arg))                          \
			break;                                  \
	}
#define CHECKED_ALONE static __always_inline
#define plain_address (u64)
#endif

#endif
