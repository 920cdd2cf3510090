/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cgroup, of a thread's own and those above, that is frozen or has no memory left. */
#ifndef TS_CAUSE_BPF_H
#define TS_CAUSE_BPF_H

#include "walk.bpf.h"

#define PAGE_SHIFT 12

#define FREEZING_SELF (1u << 1) /* kernel/cgroup/legacy_freezer.c: CGROUP_FREEZING_SELF */

/* Usage is charged ahead, by so many pages for each CPU: mm/memcontrol.c, MEMCG_CHARGE_BATCH. */
#define CHARGED_AHEAD 64
#define NO_LIMIT      (1ull << 50) /* pages; below PAGE_COUNTER_MAX of include/linux/page_counter.h */

enum cgroup_cause {
	FROZEN_V1, /* those below it freeze with it */
	FROZEN_V2,
	MEMORY_FULL, /* memory.max or memory.high; limit_in_bytes in version 1 */
};

struct cause_walk {
	struct cgroup_subsys_state *at;
	enum cgroup_cause cause;
	bool found;
};

/* Pages. */
static __always_inline u64 memory_limit(struct cgroup_subsys_state *css)
{
	struct mem_cgroup *m = (void *)css - bpf_core_field_offset(struct mem_cgroup, css);
	u64 limit = BPF_CORE_READ(m, memory.max), high = BPF_CORE_READ(m, memory.high);

	return high < limit ? high : limit;
}

static __always_inline bool is_full(struct cgroup_subsys_state *css)
{
	struct mem_cgroup *m = (void *)css - bpf_core_field_offset(struct mem_cgroup, css);
	u64 limit = memory_limit(css);

	return limit < NO_LIMIT && BPF_CORE_READ(m, memory.usage.counter) + CHARGED_AHEAD >= limit;
}

static __always_inline long cause_step(u32 level, struct cause_walk *w)
{
	struct cgroup_subsys_state *css = w->at;
	struct freezer *f;

	if (!css)
		return 1;
	/* The verifier follows each branch: those without their types must be constantly out of reach. */
	if (w->cause == FROZEN_V2) {
		w->found = BPF_CORE_READ(css, cgroup, freezer.freeze);
	} else if (w->cause == MEMORY_FULL && bpf_core_type_exists(struct mem_cgroup)) {
		w->found = is_full(css);
	} else if (w->cause == FROZEN_V1 && bpf_core_type_exists(struct freezer)) {
		f = (void *)css - bpf_core_field_offset(struct freezer, css);
		w->found = BPF_CORE_READ(f, state) & FREEZING_SELF;
	}
	if (w->found)
		return 1;
	w->at = BPF_CORE_READ(css, parent);
	return 0;
}

/* A struct cgroup_subsys_state, from which to go up. Returns the nearest that is the cause, or 0. */
CHECKED_ALONE u64 cause_css(u64 css, u32 cause)
{
	struct cause_walk w = {.at = (void *)css, .cause = cause};

	WALK_UP(cause_step, &w);
	return w.found ? (u64)w.at : 0;
}

/* A thread's own cgroup, as the controller of that cause sees it. */
static __always_inline struct cgroup_subsys_state *first_css(struct task_struct *task,
							     enum cgroup_cause cause)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct cgroup_subsys_state **all, *css = NULL;

	/* First: the kernel keeps the types that it has found, but only one of css_set and cgroup_subsys_id.
	 */
	all = (void *)set + bpf_core_field_offset(struct css_set, subsys);
	barrier_var(all);
	if (cause == FROZEN_V2)
		return (void *)BPF_CORE_READ(set, dfl_cgrp) + bpf_core_field_offset(struct cgroup, self);
	if (cause == FROZEN_V1 && bpf_core_type_exists(struct freezer) &&
	    bpf_core_enum_value_exists(enum cgroup_subsys_id, freezer_cgrp_id))
		all += bpf_core_enum_value(enum cgroup_subsys_id, freezer_cgrp_id);
	else if (cause == MEMORY_FULL && bpf_core_type_exists(struct mem_cgroup) &&
		 bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id))
		all += bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
	else
		return NULL;
	bpf_probe_read_kernel(&css, sizeof(css), all);
	return css;
}

/* The nearest cgroup that is the cause, or NULL. */
static __always_inline struct cgroup_subsys_state *task_cause(struct task_struct *task,
							      enum cgroup_cause cause)
{
	if (!bpf_core_field_exists(task->cgroups))
		return NULL;
	return (void *)cause_css((u64)first_css(task, cause), cause);
}

/* Only such a thread can wait for a cgroup. */
static __always_inline bool may_have_cause(u32 state, bool frozen)
{
	return frozen || (state & TASK_UNINTERRUPTIBLE);
}

/* Its name, into TS_CGROUP_BYTES. Returns the bytes that it may use and does, or 0. */
static __always_inline u64 read_cause(struct task_struct *task, bool frozen, char *cgroup)
{
	enum cgroup_cause cause = MEMORY_FULL;
	struct cgroup_subsys_state *css;

	if (frozen)
		cause = (BPF_CORE_READ(task, jobctl) & JOBCTL_TRAP_FREEZE) ? FROZEN_V2 : FROZEN_V1;
	css = task_cause(task, cause);
	if (!css)
		return 0;
	bpf_probe_read_kernel_str(cgroup, TS_CGROUP_BYTES, BPF_CORE_READ(css, cgroup, kn, name));
	if (cause == MEMORY_FULL && bpf_core_type_exists(struct mem_cgroup))
		return memory_limit(css) << PAGE_SHIFT;
	return 0;
}

#endif
