/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPU quotas of a thread's cgroups, from its own up. */
#ifndef TS_CGROUP_BPF_H
#define TS_CGROUP_BPF_H

#include "walk.bpf.h"

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

#endif
