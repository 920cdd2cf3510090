/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One thread as the pass over threads writes it: identity, clocks, registers, stacks. */
#ifndef TS_THREAD_BPF_H
#define TS_THREAD_BPF_H

/* Set before each pass by user space, which runs one pass at a time. */
volatile __u32 pass_kernel_stacks = TS_KSTACK_NONE; /* enum ts_kstack */

struct thread_scratch {
	struct ts_thread r;
	struct pt_regs
		user_regs; /* not on the stack, which the verifier copies and compares with each state */
	/* Of the process that the pass is in. */
	u64 leader; /* its main thread's address */
	u32 leader_tgid;
	u32 ns_tgid, ppid, nr_threads;
	u64 kstack[TS_MAX_KSTACK];
};
/* One entry, not one per CPU: there is one reader at a time, which may move between CPUs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct thread_scratch);
} scratch SEC(".maps");

/*
 * CLOCK_MONOTONIC minus the scheduler's clock, which is not slewed by NTP and drifts with the uptime:
 * measured at the start of a pass by the reading thread, which has just got a CPU. What the thread did since
 * makes it larger by some microseconds, and ages smaller; never the other way. The CPUs' clocks are the same
 * to within a tick, or the kernel would not use them to schedule.
 */
volatile __s64 clock_skew = 0;

#define SCHED_FIFO     1
#define SCHED_RR       2
#define SCHED_DEADLINE 6

/*
 * When a thread last left a CPU: last_arrival plus the growth of its run time since then. se.exec_start would
 * be closer, but it leaves out stolen and interrupt time, which adds up to seconds on virtual machines.
 */
static __always_inline u64 last_ran(struct task_struct *task)
{
	u64 arrived = task->sched_info.last_arrival + clock_skew;
	u32 policy = task->policy;

	/* Only the fair classes keep the run time at arrival. */
	if (policy == SCHED_FIFO || policy == SCHED_RR || policy == SCHED_DEADLINE)
		return arrived;
	return arrived + task->se.sum_exec_runtime - task->se.prev_sum_exec_runtime;
}

/* What a process's threads have in common is read once. */
static __always_inline void fill_process(struct thread_scratch *s, struct task_struct *task)
{
	u64 leader = (u64)BPF_CORE_READ(task, group_leader);

	if (leader != s->leader || task->tgid != s->leader_tgid) {
		s->leader = leader;
		s->leader_tgid = task->tgid;
		s->ns_tgid =
			innermost_id(BPF_CORE_READ((struct task_struct *)leader, thread_pid), task->tgid);
		s->ppid = viewer_tgid(BPF_CORE_READ(task, real_parent));
		s->nr_threads = BPF_CORE_READ(task, signal, nr_threads);
	}
	s->r.ns_tgid = s->ns_tgid;
	s->r.ppid = s->ppid;
	s->r.nr_threads = s->nr_threads;
}

static __always_inline void fill_identity(struct thread_scratch *s, struct task_struct *task, u32 tgid)
{
	struct ts_thread *r = &s->r;
	u32 flags = task->flags;

	r->tgid = tgid;
	r->tid = known_tid(task);
	r->ns_tid = innermost_id(BPF_CORE_READ(task, thread_pid), task->pid);
	fill_process(s, task);
	bpf_probe_read_kernel(r->comm, sizeof(r->comm), task->comm);
	r->state = known_state(task) | task->exit_state;
	r->flags = 0;
	if (known_on_cpu(task))
		r->flags |= TS_THREAD_ON_CPU;
	if (flags & PF_KTHREAD)
		r->flags |= TS_THREAD_KERNEL;
	if (task_frozen(task, r->state))
		r->flags |= TS_THREAD_FROZEN;
	if (task->pid == task->tgid)
		r->flags |= TS_THREAD_LEADER;
	if (task->thread_info.COMPAT_FIELD & COMPAT_BIT)
		r->flags |= TS_THREAD_COMPAT;
	r->exec_id = (u32)task->self_exec_id;
	r->start_ns = task->start_time;
	r->boot_start_ns = task->start_boottime;
	r->switches = task->nvcsw + task->nivcsw;
	r->account.counts[TS_VOLUNTARY] = task->nvcsw;
	r->account.counts[TS_INVOLUNTARY] = task->nivcsw;
	r->account.counts[TS_CPU_NS] = task->se.sum_exec_runtime;
	r->account.counts[TS_RUNNABLE_NS] = task->sched_info.run_delay;
	r->last_ran_ns = last_ran(task);
}

static __always_inline void fill_registers(struct ts_thread *r, struct task_struct *task,
					   const struct pt_regs *k, bool valid)
{
	r->syscall = -1;
	__builtin_memset(r->args, 0, sizeof(r->args));
	__builtin_memset(&r->regs, 0, sizeof(r->regs));
	if (!valid)
		return;
	r->flags |= TS_THREAD_REGS;
	if (REGS_32BIT(k))
		r->flags |= TS_THREAD_32BIT;
	regs_to_dwarf(k, &r->regs);
	r->syscall = true_call(task, REGS_SYSCALL(k), REGS_ARG0(k), REGS_ARG1(k), REGS_ARG2(k));
	if (r->syscall < 0)
		return;
	r->flags |= TS_THREAD_SYSCALL;
	r->args[0] = REGS_ARG0(k);
	r->args[1] = REGS_ARG1(k);
	r->args[2] = REGS_ARG2(k);
	r->args[3] = REGS_ARG3(k);
	r->args[4] = REGS_ARG4(k);
	r->args[5] = REGS_ARG5(k);
}

/* Data that only threads with a record have. */
static __always_inline void fill_untracked(struct ts_thread *r)
{
	r->block_ns = r->visit_ns = r->try_ns = r->wait_ns = r->waits = 0;
	r->io_start_ns = r->io_bytes = 0;
	__builtin_memset(&r->storage, 0, sizeof(r->storage));
	__builtin_memset(&r->io_key, 0, sizeof(r->io_key));
	r->io_syscall = 0;
	r->io_fd = -1;
	r->io_kind = 0;
	r->creator_tid = 0;
	r->creator_stack = 0;
}

static __always_inline void fill_kernel_stack(struct thread_scratch *s, struct task_struct *task)
{
	long n;

	s->r.kstack_frames = 0;
	/* It shows why a thread is blocked in a write or sync, or cannot be interrupted, and all that there
	 * is where it is in no call: page faults, also those that a file server keeps in an interruptible
	 * sleep.
	 */
	bool wanted = pass_kernel_stacks == TS_KSTACK_ALL || (s->r.io_start_ns && s->r.block_ns) ||
		      (s->r.state & TASK_UNINTERRUPTIBLE) ||
		      ((s->r.state & (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)) &&
		       (s->r.flags & TS_THREAD_REGS) && !(s->r.flags & TS_THREAD_SYSCALL)) ||
		      (task->flags & PF_IO_WORKER) || /* in the write or sync of another thread's io_uring */
		      (pass_kernel_stacks == TS_KSTACK_TELLING && s->r.syscall >= 0 && io_kind(s->r.syscall));

	if (!wanted)
		return;
	n = bpf_get_task_stack(task, s->kstack, sizeof(s->kstack), 0);
	if (n > 0 && n <= (long)sizeof(s->kstack))
		s->r.kstack_frames = n / 8;
}

static __always_inline void write_thread(struct seq_file *seq, struct thread_scratch *s)
{
	u32 kbytes = s->r.kstack_frames * 8;

	s->r.pad = 0;
	s->r.size = sizeof(s->r) + kbytes;
	if (bpf_seq_write(seq, &s->r, sizeof(s->r)))
		return;
	/* A mask, because the verifier loses a bound that is only compared. */
	if (kbytes)
		bpf_seq_write(seq, s->kstack, kbytes & 0x1ff);
}

static __always_inline void write_pass_header(struct seq_file *seq)
{
	struct task_struct *self = (struct task_struct *)bpf_get_current_task();
	struct ts_pass p = {.size = sizeof(p)};

	p.now_ns = bpf_ktime_get_ns();
	clock_skew = p.now_ns - BPF_CORE_READ(self, sched_info.last_arrival);
	bpf_seq_write(seq, &p, sizeof(p));
}

static __always_inline struct thread_scratch *begin_thread(struct bpf_iter__task *ctx)
{
	struct thread_scratch *s;
	u32 zero = 0;

	s = bpf_map_lookup_elem(&scratch, &zero);
	if (ctx->meta->seq_num == 0) {
		struct task_struct *self = (struct task_struct *)bpf_get_current_task();
		viewer_level = BPF_CORE_READ(self, thread_pid, level);
		write_pass_header(ctx->meta->seq);
		if (s)
			s->leader = 0;
	}
	return s;
}

#endif
