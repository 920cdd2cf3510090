/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pass over all threads of the targets: state, wait, call in flight,
 * registers and, on request, stacks. Also where threads that were there before
 * us get their record, and where waits in flight are added to the totals.
 */

/* Set before each pass by user space, which runs one pass at a time. */
volatile bool pass_kernel_stacks = false;
volatile bool pass_user_stacks = false;
volatile bool pass_adopt = true; /* make records: not when only a snapshot is taken */

struct thread_scratch {
	struct ts_thread r;
	u64 kstack[TS_MAX_KSTACK];
	u8 ustack[TS_USTACK_BYTES];
};
/* One entry and not one a CPU: one reader at a time, which may move between CPUs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct thread_scratch);
} scratch SEC(".maps");

/*
 * How far the scheduler's clock is from ours, from our own thread, which has
 * just got a CPU: it is not slewed by NTP, so it drifts on a machine long up.
 */
static __always_inline s64 clock_skew(void)
{
	struct task_struct *self = (struct task_struct *)bpf_get_current_task();
	s64 skew = bpf_ktime_get_ns() - BPF_CORE_READ(self, sched_info.last_arrival);

	/* Within a tick or two it is only our own time slice. */
	return skew > -10000000 && skew < 10000000 ? 0 : skew;
}

#define SCHED_FIFO     1
#define SCHED_RR       2
#define SCHED_DEADLINE 6

/*
 * When a thread last left a CPU, on the scheduler's clock: it got it at
 * last_arrival and ran for what its run time has grown since. se.exec_start
 * would be nearer but leaves out stolen and interrupt time, which adds up to
 * seconds on virtual machines.
 */
static __always_inline u64 last_ran(struct task_struct *task)
{
	u64 arrived = BPF_CORE_READ(task, sched_info.last_arrival);
	u32 policy = BPF_CORE_READ(task, policy);

	/* Only the fair classes keep the run time at arrival. */
	if (policy == SCHED_FIFO || policy == SCHED_RR || policy == SCHED_DEADLINE)
		return arrived;
	return arrived + BPF_CORE_READ(task, se.sum_exec_runtime) -
	       BPF_CORE_READ(task, se.prev_sum_exec_runtime);
}

static __always_inline bool waits_now(struct task_struct *task)
{
	return task_state(task) && !task_on_cpu(task) && !BPF_CORE_READ(task, exit_state);
}

/* A thread from before attach: if it waits, since when; if it writes, where. */
static __always_inline void adopt(struct task_struct *task, u32 tgid, struct pt_regs *k, bool regs, u64 now)
{
	struct thread_state *t = thread_track(task, tgid);
	u64 switches, since;
	s64 nr;

	if (!t)
		return;
	process_totals(tgid);
	switches = BPF_CORE_READ(task, nvcsw) + BPF_CORE_READ(task, nivcsw);
	if (!waits_now(task) || !regs)
		return;
	since = last_ran(task) + clock_skew();
	if (since > now)
		since = now;
	nr = REGS_SYSCALL(k);
	/* Read of our own thread's memory it would be, so only plain futex calls have their word here. */
	if ((nr == NR_futex || nr == NR_futex_wait) && !task_compat(task))
		t->wait_address = REGS_ARG0(k);
	t->preattach = 1;
	t->charged_ns = now;
	barrier();
	replace_if(&t->block_ns, 0, since);
	/* It ran in between: what was set may be of a wait that is over. */
	if (!waits_now(task) || switches != BPF_CORE_READ(task, nvcsw) + BPF_CORE_READ(task, nivcsw)) {
		replace_if(&t->block_ns, since, 0);
		return;
	}
	if (track_io && io_kind(nr) && nr >= 0 && !task_compat(task)) {
		t->io_kind = io_kind(nr);
		t->io_bytes = 0; /* vectors cannot be read from here: short writes are not claimed */
		io_locate(t, task, false, nr, REGS_ARG0(k), false);
		barrier();
		t->io_start_ns = since; /* at least */
	}
}

static __always_inline void fill_identity(struct ts_thread *r, struct task_struct *task, u32 tgid)
{
	/* The iterator's task: the verifier knows its type, so its fields are plain loads. */
	u32 flags = task->flags;

	r->tgid = tgid;
	r->tid = viewer_tid(task);
	r->ns_tid = innermost_id(BPF_CORE_READ(task, thread_pid));
	r->ns_tgid = innermost_id(BPF_CORE_READ(task, group_leader, thread_pid));
	r->ppid = viewer_tgid(BPF_CORE_READ(task, real_parent));
	bpf_probe_read_kernel(r->comm, sizeof(r->comm), task->comm);
	r->state = task_state(task) | task->exit_state;
	r->flags = 0;
	if (task_on_cpu(task))
		r->flags |= TS_THREAD_ON_CPU;
	if (flags & PF_KTHREAD)
		r->flags |= TS_THREAD_KERNEL;
	if (task->pid == task->tgid)
		r->flags |= TS_THREAD_LEADER;
	if (task_compat(task))
		r->flags |= TS_THREAD_COMPAT;
	r->exec_id = (u32)task->self_exec_id;
	r->nr_threads = BPF_CORE_READ(task, signal, nr_threads);
	r->start_ns = task->start_time;
	r->boot_start_ns = task->start_boottime;
	r->switches = task->nvcsw + task->nivcsw;
	r->cpu_ns = task->se.sum_exec_runtime;
	r->last_ran_ns = last_ran(task);
}

static __always_inline void fill_registers(struct ts_thread *r, const struct pt_regs *k, bool valid)
{
	r->syscall = -1;
	__builtin_memset(r->args, 0, sizeof(r->args));
	__builtin_memset(&r->regs, 0, sizeof(r->regs));
	if (!valid)
		return;
	r->flags |= TS_THREAD_REGS;
	regs_to_dwarf(k, &r->regs);
	r->syscall = REGS_SYSCALL(k);
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

static __always_inline void fill_tracked(struct ts_thread *r, struct thread_state *t, u64 now)
{
	struct ts_lock_key key = {};

	r->block_ns = r->wait_ns = r->waits = 0;
	r->io_start_ns = r->io_bytes = 0;
	__builtin_memset(&r->io_key, 0, sizeof(r->io_key));
	r->io_syscall = 0;
	r->io_fd = -1;
	r->io_kind = 0;
	r->creator_tid = 0;
	r->creator_stack = 0;
	if (!t)
		return;
	r->flags |= TS_THREAD_TRACKED;
	if (t->block_ns) {
		key.tgid = t->tgid;
		key.address = t->wait_address;
		charge_wait(t, key.address ? lock_totals(key.tgid, key.address) : NULL, now);
		r->block_ns = t->block_ns;
		if (t->preattach)
			r->flags |= TS_THREAD_PREATTACH;
	}
	r->wait_ns = t->wait_ns;
	r->waits = t->waits;
	r->creator_tid = t->creator_tid;
	r->creator_stack = t->creator_stack;
	r->io_key = t->io_key;
	r->io_bytes = t->io_bytes;
	r->io_syscall = t->io_syscall;
	r->io_fd = t->io_fd;
	r->io_kind = t->io_kind;
	barrier();
	r->io_start_ns = t->io_start_ns;
	/* It waits in another call: the end of that one was not told. */
	if (r->block_ns && (r->flags & TS_THREAD_SYSCALL) && r->syscall != t->io_syscall)
		r->io_start_ns = 0;
}

static __always_inline void fill_kernel_stack(struct thread_scratch *s, struct task_struct *task)
{
	long n;

	s->r.kstack_frames = 0;
	if (!pass_kernel_stacks)
		return;
	n = bpf_get_task_stack(task, s->kstack, sizeof(s->kstack), 0);
	if (n > 0 && n <= (long)sizeof(s->kstack))
		s->r.kstack_frames = n / 8;
}

static __always_inline void write_thread(struct seq_file *seq, struct thread_scratch *s)
{
	u32 kbytes = s->r.kstack_frames * 8, ubytes = s->r.ustack_bytes;

	s->r.size = sizeof(s->r) + kbytes + ubytes;
	if (bpf_seq_write(seq, &s->r, sizeof(s->r)))
		return;
	/* Masks, as the verifier loses a bound that is only compared. */
	if (kbytes)
		bpf_seq_write(seq, s->kstack, kbytes & 0x1ff);
	if (ubytes == TS_USTACK_BYTES)
		bpf_seq_write(seq, s->ustack, TS_USTACK_BYTES);
	else if (ubytes)
		bpf_seq_write(seq, s->ustack, ubytes & (TS_USTACK_BYTES - 1));
}

static __always_inline void write_pass_header(struct seq_file *seq)
{
	struct task_struct *self = (struct task_struct *)bpf_get_current_task();
	struct ts_pass p = {.size = sizeof(p)};

	p.now_ns = bpf_ktime_get_ns();
	p.self_arrival_ns = BPF_CORE_READ(self, sched_info.last_arrival);
	bpf_seq_write(seq, &p, sizeof(p));
}

static __always_inline struct thread_scratch *begin_thread(struct bpf_iter__task *ctx)
{
	u32 zero = 0;

	if (ctx->meta->seq_num == 0) {
		struct task_struct *self = (struct task_struct *)bpf_get_current_task();
		viewer_level = BPF_CORE_READ(self, thread_pid, level);
		write_pass_header(ctx->meta->seq);
	}
	return bpf_map_lookup_elem(&scratch, &zero);
}

SEC("iter/task")
int threads_plain(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct thread_state *t = NULL;
	struct thread_scratch *s;
	struct pt_regs k = {};
	u64 now;
	bool regs;
	u32 tgid;

	if (!task)
		return 0;
	s = begin_thread(ctx);
	tgid = viewer_tgid(task);
	if (!s)
		return 0;
	if (target_mode == TARGET_NAME && tgid && !is_target(task, tgid)) {
		char comm[TS_COMM_LEN];
		bpf_probe_read_kernel(comm, sizeof(comm), task->group_leader->comm);
		if (!(BPF_CORE_READ(task, flags) & PF_KTHREAD) && name_matches(comm)) {
			u32 none = 0;
			bpf_map_update_elem(&targets, &tgid, &none, BPF_ANY);
		}
	}
	if (!is_target(task, tgid))
		return 0;
	if (target_mode == TARGET_ONE && !one_tgid)
		one_tgid = BPF_CORE_READ(task, tgid);
	now = bpf_ktime_get_ns();
	regs = task_regs(task, true, &k);
	if (pass_adopt) {
		t = thread_find(task);
		if (!t && !BPF_CORE_READ(task, exit_state) && !(BPF_CORE_READ(task, flags) & PF_EXITING)) {
			adopt(task, tgid, &k, regs, now);
			t = thread_find(task);
		}
	}
	fill_identity(&s->r, task, tgid);
	fill_registers(&s->r, &k, regs);
	fill_tracked(&s->r, t, now);
	fill_kernel_stack(s, task);
	s->r.ustack_bytes = 0;
	write_thread(ctx->meta->seq, s);
	return 0;
}

/* The snapshot's: copies user stacks in the same pass, which may sleep on a page. 6.1. */
SEC("iter.s/task")
int threads_sleepable(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct thread_scratch *s;
	struct pt_regs k = {};
	bool regs;
	u32 tgid;
	u64 sp, room;

	if (!task)
		return 0;
	s = begin_thread(ctx);
	tgid = viewer_tgid(task);
	if (!s || !is_target(task, tgid))
		return 0;
	regs = task_regs(task, true, &k);
	fill_identity(&s->r, task, tgid);
	fill_registers(&s->r, &k, regs);
	fill_tracked(&s->r, NULL, 0);
	fill_kernel_stack(s, task);
	s->r.ustack_bytes = 0;
	if (pass_user_stacks && regs && !task_on_cpu(task)) {
		sp = s->r.regs.r[TS_REG_SP];
		room = (PAGE_BYTES - (sp & (PAGE_BYTES - 1))) & ~7ULL; /* records stay aligned */
		if (!bpf_copy_from_user_task(s->ustack, TS_USTACK_BYTES, (void *)sp, task, 0))
			s->r.ustack_bytes = TS_USTACK_BYTES;
		else if (room <= TS_USTACK_BYTES && room > 0 &&
			 !bpf_copy_from_user_task(s->ustack, room, (void *)sp, task, 0))
			s->r.ustack_bytes = room;
		if (!task_on_cpu(task) &&
		    s->r.switches == BPF_CORE_READ(task, nvcsw) + BPF_CORE_READ(task, nivcsw))
			s->r.flags |= TS_THREAD_STEADY;
	}
	write_thread(ctx->meta->seq, s);
	return 0;
}
