/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the cgroups of a thread allow it, from its own up: their CPU quotas, their memory, whether they are
 * frozen. */
#ifndef TS_CGROUP_BPF_H
#define TS_CGROUP_BPF_H

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

/* ---- CPU quotas ------------------------------------------------------------- */

#define NO_QUOTA ~0ULL /* RUNTIME_INF, kernel/sched/sched.h */

/* The CPU quota of one cgroup. The same for versions 1 and 2: their files show these fields. */
struct group_quota {
	u64 quota_ns, period_ns;
	u32 periods, throttled;
	const char *cgroup;
};

struct quota_walk {
	struct cfs_rq *queue;        /* that a thread is in, then its groups */
	struct sched_entity *parent; /* of its group */
	struct task_group *found;    /* the nearest with a quota, or the nearest whose quota is used up */
	bool throttled;              /* it is the latter that is looked for */
};

static __always_inline long quota_step(u32 level, struct quota_walk *w)
{
	struct cfs_rq *queue = w->queue;
	struct sched_entity *parent = w->parent;
	struct task_group *group = BPF_CORE_READ(queue, tg);
	bool used_up;

	if (BPF_CORE_READ(group, cfs_bandwidth.quota) != NO_QUOTA) {
		used_up = !w->throttled || BPF_CORE_READ_BITFIELD_PROBED(queue, throttled);
		if (used_up || !w->found)
			w->found = group;
		if (used_up)
			return 1;
	}
	w->queue = BPF_CORE_READ(parent, cfs_rq);
	w->parent = BPF_CORE_READ(parent, parent);
	return !parent;
}

/* A struct cfs_rq and a struct sched_entity. Returns a struct task_group, or 0. */
CHECKED_ALONE u64 quota_group(u64 queue, u64 parent, u32 throttled)
{
	struct quota_walk w = {
		.queue = (void *)queue,
		.parent = (void *)parent,
		.throttled = throttled,
	};

	WALK_UP(quota_step, &w);
	return (u64)w.found;
}

/* That of the nearest cgroup that has one; of a throttled thread, the one that is used up. */
static __always_inline bool task_quota(struct task_struct *task, bool throttled, struct group_quota *ret)
{
	struct task_group *group = NULL;
	struct cfs_rq *queue = NULL;

	if (!bpf_core_field_exists(task->se.cfs_rq) || !bpf_core_field_exists(task->se.parent) ||
	    !bpf_core_field_exists(group->cfs_bandwidth) || !bpf_core_field_exists(queue->throttled))
		return false;
	group = (void *)quota_group((u64)BPF_CORE_READ(task, se.cfs_rq), (u64)BPF_CORE_READ(task, se.parent),
				    throttled);
	if (!group)
		return false;
	ret->quota_ns = BPF_CORE_READ(group, cfs_bandwidth.quota);
	ret->period_ns = BPF_CORE_READ(group, cfs_bandwidth.period);
	ret->periods = (u32)BPF_CORE_READ(group, cfs_bandwidth.nr_periods);
	ret->throttled = (u32)BPF_CORE_READ(group, cfs_bandwidth.nr_throttled);
	ret->cgroup = BPF_CORE_READ(group, css.cgroup, kn, name);
	return true;
}

/* From 6.18 on each thread is throttled by itself, on its way out of the kernel; before, its run queue is. */
static __always_inline bool is_throttled(struct task_struct *task)
{
	struct cfs_rq *queue = NULL;

	if (bpf_core_field_exists(task->throttled))
		return BPF_CORE_READ(task, throttled);
	if (!bpf_core_field_exists(task->se.cfs_rq) || !bpf_core_field_exists(queue->throttle_count))
		return false;
	return BPF_CORE_READ(task, se.cfs_rq, throttle_count) > 0;
}

/* ---- frozen, or without memory ---------------------------------------------- */

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

/* The nearest cgroup that is the cause; NULL: there is none. */
static __always_inline struct cgroup_subsys_state *task_cause(struct task_struct *task,
							      enum cgroup_cause cause)
{
	if (!bpf_core_field_exists(task->cgroups))
		return NULL;
	return (void *)cause_css((u64)first_css(task, cause), cause);
}

#endif
