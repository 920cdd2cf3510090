/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a thread does not run although nothing that it does keeps it: it gets no CPU, or it was stopped. */
#ifndef TS_HALT_BPF_H
#define TS_HALT_BPF_H

#ifndef TS_LIGHT
#include "cause.bpf.h"
#endif

#define TASK_STOPPED 0x4 /* include/linux/sched.h: __TASK_STOPPED */
#define TASK_TRACED  0x8 /* __TASK_TRACED */

#define JOBCTL_STOP_SIGMASK 0xffff /* include/linux/sched/jobctl.h: the signal of the last group stop */
#define DEFAULT_PRIO        120    /* include/linux/sched/prio.h: that of nice 0 */

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
	bpf_probe_read_kernel_str(h->cgroup, sizeof(h->cgroup), q->cgroup);
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

static __always_inline void halt_no_cpu(struct ts_thread *r, struct task_struct *task)
{
	u64 since = BPF_CORE_READ(task, sched_info.last_queued), now = bpf_ktime_get_ns();
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

/* Of the thread at that address, which is read with a helper throughout. Returns nothing of interest. */
CHECKED_ALONE int fill_halt(struct ts_thread *r, u64 address)
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
			halt_no_cpu(r, task);
		if (task_quota(task, r->flags & TS_THREAD_THROTTLED, &q))
			halt_quota(h, &q);
#ifndef TS_LIGHT /* there, snapshot_causes.bpf.c finds it */
	} else if (may_have_cause(r->state, r->flags & TS_THREAD_FROZEN)) {
		h->memory_limit = read_cause(task, r->flags & TS_THREAD_FROZEN, h->cgroup);
#endif
	} else if (r->state & TASK_STOPPED) {
		h->signal = BPF_CORE_READ(task, jobctl) & JOBCTL_STOP_SIGMASK;
	} else if (r->state & TASK_TRACED) {
		halt_by(h, BPF_CORE_READ(task, parent));
	}
	return 0;
}

#endif
