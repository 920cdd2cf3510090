/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pass over all threads of the targets: state, wait, call in flight, registers and, on request, stacks.
 * It also creates the records of threads from before attach, and adds waits in flight to the totals.
 */

volatile bool pass_adopt = true; /* create records; false in a snapshot */

/* What the pass of an interval has beyond that of a snapshot. */
static __always_inline void fill_account(struct ts_thread *r, struct task_struct *task, u64 now)
{
	u64 since = task->sched_info.last_queued;
	struct ts_account *a = &r->account;
	struct group_quota q;

	a->counts[TS_PERIODS] = a->counts[TS_THROTTLED] = 0;
	a->quota_ns = a->period_ns = a->ended_cpu_ns = 0;
	__builtin_memset(a->cgroup, 0, sizeof(a->cgroup));
	if (since && !r->state && !(r->flags & TS_THREAD_ON_CPU)) {
		since += clock_skew;
		if (now > since)
			a->counts[TS_RUNNABLE_NS] += now - since;
	}
	if (!(r->flags & TS_THREAD_LEADER))
		return;
	a->ended_cpu_ns = BPF_CORE_READ(task, signal, sum_sched_runtime);
	if (!task_quota(task, false, &q))
		return;
	a->quota_ns = q.quota_ns;
	a->period_ns = q.period_ns;
	a->counts[TS_PERIODS] = q.periods;
	a->counts[TS_THROTTLED] = q.throttled;
	bpf_probe_read_kernel_str(a->cgroup, sizeof(a->cgroup), q.cgroup);
}

/*
 * Whether this kernel has one of INSIDE_FLAGS. Until 6.17 it is known by its number, and seldom seen in other
 * threads; from 6.14 on all that have no CPU have it. The numbers changed in the version that has
 * `throttled`.
 */
static __always_inline void learn_inside(struct task_struct *task, const struct ts_thread *r)
{
	if (inside_works || !INSIDE_FLAGS)
		return;
	if (!bpf_core_field_exists(task->throttled) ||
	    (r->state && !(r->flags & TS_THREAD_ON_CPU) && (task->thread_info.flags & INSIDE_FLAGS)))
		inside_works = true;
}

static __always_inline bool waits_now(struct task_struct *task)
{
	return task_state(task) && !task_on_cpu(task) && !BPF_CORE_READ(task, exit_state);
}

/* A thread from before attach: the start of its wait, and the file of its call. */
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
	since = last_ran(task);
	if (since > now)
		since = now;
	nr = true_call(task, REGS_SYSCALL(k), REGS_ARG0(k), REGS_ARG1(k), REGS_ARG2(k));
	/* A read would access the reading thread's memory, so only plain futex calls have their word here. */
	if ((nr == NR_futex || nr == NR_futex_wait) && !task_compat(task))
		t->wait_address = REGS_ARG0(k);
	t->preattach = 1;
	t->in_d = in_disk_sleep(task, task_state(task));
	t->charged_ns = now;
	t->visit = (struct visit){since, k->REGS_SP, k->REGS_PC, (u64)nr, true};
	if (nr == NR_futex && t->wait_address)
		t->tries = (struct tries){since, t->wait_address, k->REGS_SP, k->REGS_PC, true};
	barrier();
	replace_if(&t->block_ns, 0, since);
	/* It ran in between: the values may belong to a wait that is over. */
	if (!waits_now(task) || switches != BPF_CORE_READ(task, nvcsw) + BPF_CORE_READ(task, nivcsw)) {
		replace_if(&t->block_ns, since, 0);
		return;
	}
	if (track_io && io_kind(nr) && nr >= 0 && nr != NR_close && !task_compat(task)) {
		t->io_kind = io_kind(nr);
		t->io_bytes = 0; /* vectors cannot be read here: short writes are not reported */
		t->io_syscall = nr;
		t->io_fd = fd_of(nr, REGS_ARG0(k), REGS_ARG2(k));
		io_locate(t, nr == NR_msync ? 0 : file_of(task, false, t->io_fd), REGS_ARG0(k), false);
		t->io_least = true;
		t->io_size_ns = 0; /* nor how large the file was */
		/* Its waits so far are unknown; from now on they are observed. */
		stall_new(&t->stall, task, since);
		t->stall.out_ns = since;
		t->stall.stack = TS_IO_PART_UNKNOWN;
		barrier();
		t->io_start_ns = since; /* at least */
	}
}

static __always_inline void fill_tracked(struct ts_thread *r, struct thread_state *t, u64 now)
{
	struct ts_lock_key key = {};

	fill_untracked(r);
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
		r->visit_ns = t->visit.began_ns;
		if (t->visit.least)
			r->flags |= TS_THREAD_VISIT_LEAST;
		if (t->tries.word == t->wait_address)
			r->try_ns = t->tries.began_ns;
		if (t->tries.least)
			r->flags |= TS_THREAD_TRY_LEAST;
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
	if (t->io_least)
		r->flags |= TS_THREAD_IO_LEAST;
	barrier();
	r->io_start_ns = t->io_start_ns;
	/* It waits in another call: the end of the earlier one was missed. */
	if (r->block_ns && (r->flags & TS_THREAD_SYSCALL) && r->syscall != t->io_syscall)
		r->io_start_ns = 0;
}

/* The order of the look-ups is what struct ts_thread promises. */
static __always_inline void fill_storage(struct ts_thread *r, struct task_struct *task,
					 const struct thread_state *t)
{
	struct ts_storage *s = &r->storage;
	u32 tgid = r->tgid;
	struct ts_process *p;

	if (r->flags & TS_THREAD_LEADER) {
		p = bpf_map_lookup_elem(&processes, &tgid);
		if (p)
			*s = p->ended;
	}
	barrier();
	if (bpf_core_field_exists(task->ioac.read_bytes))
		r->flags |= TS_THREAD_STORAGE;
	if (t ? t->exit_counted : task->flags & PF_EXITING)
		return;
	if (t)
		s->d_ns += t->d_ns;
	if (bpf_core_field_exists(task->ioac.read_bytes)) {
		s->read_bytes += task->ioac.read_bytes;
		s->dirtied_bytes += task->ioac.write_bytes;
	}
}

SEC("iter/task")
int threads_plain(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct thread_state *t = NULL;
	struct thread_scratch *s;
	u64 now;
	bool regs;
	u32 tgid;

	if (!task)
		return 0;
	s = begin_thread(ctx);
	tgid = known_tgid(task);
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
	fill_identity(s, task, tgid);
	fill_account(&s->r, task, now);
	fill_halt(&s->r, (u64)task);
	learn_inside(task, &s->r);
	/* Read after its switches were counted: if the count is the same later, the thread did not run in
	 * between. */
	regs = task_regs(task, true, &s->user_regs);
	if (pass_adopt) {
		t = thread_find(task);
		if (!t && !BPF_CORE_READ(task, exit_state) && !(BPF_CORE_READ(task, flags) & PF_EXITING)) {
			adopt(task, tgid, &s->user_regs, regs, now);
			t = thread_find(task);
		}
	}
	fill_registers(&s->r, task, &s->user_regs, regs);
	fill_tracked(&s->r, t, now);
	fill_storage(&s->r, task, t);
	fill_file_locks(&s->r, t && s->r.io_start_ns ? t->io_file : 0);
	fill_kernel_stack(s, task);
	write_thread(ctx->meta->seq, s);
	return 0;
}
