/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a thread does not run although nothing that it does keeps it: it gets no CPU, or it was stopped. */
#ifndef TS_HALT_BPF_H
#define TS_HALT_BPF_H

#define TASK_STOPPED 0x4 /* include/linux/sched.h: __TASK_STOPPED */
#define TASK_TRACED  0x8 /* __TASK_TRACED */

#define JOBCTL_STOP_SIGMASK 0xffff /* include/linux/sched/jobctl.h: the signal of the last group stop */
#define PAGE_SHIFT          12
#define DEFAULT_PRIO        120 /* include/linux/sched/prio.h: that of nice 0 */

static __always_inline void halt_cgroup(struct ts_halt *h, const char *name)
{
	bpf_probe_read_kernel_str(h->cgroup, sizeof(h->cgroup), name);
}

static __always_inline void halt_by(struct ts_halt *h, struct task_struct *by)
{
	h->by_tid = viewer_tid(by);
	BPF_CORE_READ_INTO(&h->by_comm, by, comm);
}

static __always_inline void halt_quota(struct ts_halt *h, const struct group_quota *q)
{
	h->quota_ns = q->quota_ns;
	h->period_ns = q->period_ns;
	h->periods = q->periods;
	h->throttled = q->throttled;
	halt_cgroup(h, q->cgroup);
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
	u64 since = BPF_CORE_READ(task, sched_info.last_queued);
	struct ts_halt *h = &r->halt;

	if (since) {
		since += clock_skew;
		h->no_cpu_ns = now > since ? now - since : 0;
	}
	h->policy = BPF_CORE_READ(task, policy);
	h->nice = BPF_CORE_READ(task, static_prio) - DEFAULT_PRIO;
	halt_rival(h, task);
	if (is_throttled(task))
		r->flags |= TS_THREAD_THROTTLED;
}

static __always_inline void fill_cgroup(struct ts_thread *r, struct task_struct *task)
{
	enum cgroup_cause cause = MEMORY_FULL;
	struct cgroup_subsys_state *css;

	if (r->flags & TS_THREAD_FROZEN)
		cause = (BPF_CORE_READ(task, jobctl) & JOBCTL_TRAP_FREEZE) ? FROZEN_V2 : FROZEN_V1;
	css = task_cause(task, cause);
	if (!css)
		return;
	halt_cgroup(&r->halt, BPF_CORE_READ(css, cgroup, kn, name));
	if (cause == MEMORY_FULL && bpf_core_type_exists(struct mem_cgroup))
		r->halt.memory_limit = memory_limit(css) << PAGE_SHIFT;
}

/* Of the thread at that address, which is read with a helper throughout. Returns nothing of interest. */
CHECKED_ALONE int fill_halt(struct ts_thread *r, u64 address, u64 now)
{
	struct task_struct *task = (void *)address;
	struct ts_halt *h;
	struct group_quota q;

	if (!r) /* for the verifier */
		return 0;
	h = &r->halt;
	__builtin_memset(h, 0, sizeof(*h));
	if (!r->state) {
		if (!(r->flags & TS_THREAD_ON_CPU))
			halt_no_cpu(r, task, now);
		if (task_quota(task, r->flags & TS_THREAD_THROTTLED, &q))
			halt_quota(h, &q);
	} else if ((r->flags & TS_THREAD_FROZEN) || (r->state & TASK_UNINTERRUPTIBLE)) {
		fill_cgroup(r, task);
	} else if (r->state & TASK_STOPPED) {
		h->signal = BPF_CORE_READ(task, jobctl) & JOBCTL_STOP_SIGMASK;
	} else if (r->state & TASK_TRACED) {
		halt_by(h, BPF_CORE_READ(task, parent));
	}
	return 0;
}

#endif
