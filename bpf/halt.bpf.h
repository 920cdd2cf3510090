/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a thread does not run although nothing that it does keeps it: it gets no CPU, or it was stopped. */
#ifndef TS_HALT_BPF_H
#define TS_HALT_BPF_H

#define TASK_STOPPED 0x4 /* include/linux/sched.h: __TASK_STOPPED */
#define TASK_TRACED  0x8 /* __TASK_TRACED */

#define JOBCTL_STOP_SIGMASK 0xffff    /* include/linux/sched/jobctl.h: the signal of the last group stop */
#define FREEZING_SELF       (1u << 1) /* kernel/cgroup/legacy_freezer.c: CGROUP_FREEZING_SELF */
#define DEFAULT_PRIO        120       /* include/linux/sched/prio.h: that of nice 0 */

static __always_inline void halt_cgroup(struct ts_halt *h, const char *name)
{
	bpf_probe_read_kernel_str(h->cgroup, sizeof(h->cgroup), name);
}

static __always_inline void halt_by(struct ts_halt *h, struct task_struct *by)
{
	h->by_tid = viewer_tid(by);
	bpf_probe_read_kernel(h->by_comm, sizeof(h->by_comm), by->comm);
}

static __always_inline void halt_quota(struct ts_halt *h, const struct group_quota *q)
{
	h->quota_ns = q->quota_ns;
	h->period_ns = q->period_ns;
	h->periods = q->periods;
	h->throttled = q->throttled;
	halt_cgroup(h, q->cgroup);
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

/* Of the cgroup whose quota is used up. */
static __always_inline bool throttling_quota(struct task_struct *task, struct group_quota *ret)
{
	struct sched_entity *e = (void *)task + bpf_core_field_offset(task->se);
	struct cfs_rq *queue = NULL;

	if (!bpf_core_field_exists(task->se.cfs_rq) || !bpf_core_field_exists(queue->throttled) ||
	    !bpf_core_field_exists(e->parent))
		return false;
	for (int i = 0; i < CGROUP_DEPTH && e; i++, e = BPF_CORE_READ(e, parent)) {
		queue = BPF_CORE_READ(e, cfs_rq);
		if (queue && BPF_CORE_READ_BITFIELD_PROBED(queue, throttled))
			return group_quota(BPF_CORE_READ(queue, tg), ret);
	}
	return false;
}

/* Threadscope itself is not what takes the CPU from others. */
static __always_inline void halt_rival(struct ts_halt *h, struct task_struct *task)
{
	struct rq *rq = NULL;
	struct task_struct *rival;

	h->cpu = -1;
	if (!bpf_core_field_exists(task->se.cfs_rq))
		return;
	rq = BPF_CORE_READ(task, se.cfs_rq, rq);
	if (!rq)
		return;
	h->cpu = BPF_CORE_READ(rq, cpu);
	rival = BPF_CORE_READ(rq, curr);
	/* The idle task has PID 0. */
	if (rival && rival != task && BPF_CORE_READ(rival, pid) &&
	    BPF_CORE_READ(rival, tgid) != (u32)(bpf_get_current_pid_tgid() >> 32))
		halt_by(h, rival);
}

static __always_inline void halt_no_cpu(struct ts_thread *r, struct task_struct *task, u64 now)
{
	u64 since = task->sched_info.last_queued;
	struct ts_halt *h = &r->halt;

	if (since) {
		since += clock_skew;
		h->no_cpu_ns = now > since ? now - since : 0;
	}
	h->policy = task->policy;
	h->nice = task->static_prio - DEFAULT_PRIO;
	halt_rival(h, task);
	if (is_throttled(task))
		r->flags |= TS_THREAD_THROTTLED;
}

/* The nearest cgroup that was frozen; those below it freeze with it. */
static __always_inline void halt_frozen_v2(struct ts_halt *h, struct task_struct *task)
{
	struct cgroup *c = BPF_CORE_READ(task, cgroups, dfl_cgrp);

	for (int i = 0; i < CGROUP_DEPTH && c; i++, c = BPF_CORE_READ(c, self.parent, cgroup)) {
		if (BPF_CORE_READ(c, freezer.freeze)) {
			halt_cgroup(h, BPF_CORE_READ(c, kn, name));
			return;
		}
	}
}

static __always_inline void halt_frozen_v1(struct ts_halt *h, struct task_struct *task)
{
	struct cgroup_subsys_state **all = NULL, *css = NULL;
	struct freezer *f;

	if (!bpf_core_type_exists(struct freezer) ||
	    !bpf_core_enum_value_exists(enum cgroup_subsys_id, freezer_cgrp_id))
		return;
	all = (void *)BPF_CORE_READ(task, cgroups) + bpf_core_field_offset(struct css_set, subsys);
	all += bpf_core_enum_value(enum cgroup_subsys_id, freezer_cgrp_id);
	bpf_probe_read_kernel(&css, sizeof(css), all);
	for (int i = 0; i < CGROUP_DEPTH && css; i++, css = BPF_CORE_READ(css, parent)) {
		f = (void *)css - bpf_core_field_offset(struct freezer, css);
		if (BPF_CORE_READ(f, state) & FREEZING_SELF) {
			halt_cgroup(h, BPF_CORE_READ(css, cgroup, kn, name));
			return;
		}
	}
}

static __always_inline void halt_frozen(struct ts_halt *h, struct task_struct *task)
{
	if (!bpf_core_field_exists(task->cgroups))
		return;
	if (task->jobctl & JOBCTL_TRAP_FREEZE)
		halt_frozen_v2(h, task);
	else
		halt_frozen_v1(h, task);
}

/* Usage is charged ahead, by so many pages for each CPU: mm/memcontrol.c, MEMCG_CHARGE_BATCH. */
#define CHARGED_AHEAD 64
#define NO_LIMIT      (1ull << 50) /* pages; below PAGE_COUNTER_MAX of include/linux/page_counter.h */
#define PAGE_SHIFT    12

/* The nearest cgroup that uses all the memory that it may (memory.max or memory.high; limit_in_bytes in
 * version 1). */
static __always_inline void halt_memory(struct ts_halt *h, struct task_struct *task)
{
	struct cgroup_subsys_state **all, *css = NULL;

	if (!bpf_core_field_exists(task->cgroups) || !bpf_core_type_exists(struct mem_cgroup) ||
	    !bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id))
		return;
	all = (void *)BPF_CORE_READ(task, cgroups) + bpf_core_field_offset(struct css_set, subsys);
	all += bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
	bpf_probe_read_kernel(&css, sizeof(css), all);
	for (int i = 0; i < CGROUP_DEPTH && css; i++, css = BPF_CORE_READ(css, parent)) {
		struct mem_cgroup *m = (void *)css - bpf_core_field_offset(struct mem_cgroup, css);
		u64 limit = BPF_CORE_READ(m, memory.max), high = BPF_CORE_READ(m, memory.high);

		if (high < limit)
			limit = high;
		if (limit >= NO_LIMIT || BPF_CORE_READ(m, memory.usage.counter) + CHARGED_AHEAD < limit)
			continue;
		h->memory_limit = limit << PAGE_SHIFT;
		halt_cgroup(h, BPF_CORE_READ(css, cgroup, kn, name));
		return;
	}
}

static __always_inline void fill_halt(struct ts_thread *r, struct task_struct *task, u64 now)
{
	struct ts_halt *h = &r->halt;
	struct group_quota q;

	__builtin_memset(h, 0, sizeof(*h));
	if (!r->state) {
		if (!(r->flags & TS_THREAD_ON_CPU))
			halt_no_cpu(r, task, now);
		if (((r->flags & TS_THREAD_THROTTLED) && throttling_quota(task, &q)) || task_quota(task, &q))
			halt_quota(h, &q);
	} else if (r->flags & TS_THREAD_FROZEN) {
		halt_frozen(h, task);
	} else if (r->state & TASK_STOPPED) {
		h->signal = task->jobctl & JOBCTL_STOP_SIGMASK;
	} else if (r->state & TASK_TRACED) {
		halt_by(h, BPF_CORE_READ(task, parent));
	} else if (r->state & TASK_UNINTERRUPTIBLE) {
		halt_memory(h, task);
	}
}

#endif
