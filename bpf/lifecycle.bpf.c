/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads and processes: created, replaced, ended. Counts are exact; stacks show the creators. */

/*
 * Overflow rows are created early: once a table is full it is too late.
 */
static __always_inline void make_overflow_rows(u32 tgid)
{
	struct ts_file_key file = {.tgid = tgid, .kind = TS_FILE_OTHER};
	struct ts_lock_key lock = {.tgid = tgid};
	u32 zero = 0;
	void *init = bpf_map_lookup_elem(&zero_lock, &zero);

	file_row_make(&file);
	if (init)
		bpf_map_update_elem(&locks, &lock, init, BPF_NOEXIST);
}

static __always_inline struct ts_process *process_totals(u32 tgid)
{
	struct ts_process zero = {}, *p = bpf_map_lookup_elem(&processes, &tgid);
	long err;

	if (p)
		return p;
	err = bpf_map_update_elem(&processes, &tgid, &zero, BPF_NOEXIST);
	if (err == -7 /* E2BIG */)
		lose(TS_LOSS_PROCESSES);
	else if (!err)
		make_overflow_rows(tgid);
	return bpf_map_lookup_elem(&processes, &tgid);
}

static __always_inline void send_process(struct task_struct *task, u32 tgid, u32 change)
{
	struct ts_event_process *e = event_reserve(sizeof(*e), TS_EVENT_PROCESS);

	if (!e)
		return;
	/* By the name of the process, which is that of its first thread. */
	event_header(&e->e, TS_EVENT_PROCESS, BPF_CORE_READ(task, group_leader), tgid, tgid);
	e->change = change;
	e->parent_tgid = viewer_tgid(BPF_CORE_READ(task, real_parent));
	e->exit_code = BPF_CORE_READ(task, exit_code);
	e->pad = 0;
	bpf_ringbuf_submit(e, 0);
}

static __always_inline void become_target(struct task_struct *task, u32 tgid, u32 flags)
{
	if (target_mode != TARGET_ALL)
		bpf_map_update_elem(&targets, &tgid, &flags, BPF_ANY);
	thread_track(task, tgid);
	process_totals(tgid);
	send_process(task, tgid, TS_PROCESS_START);
}

static __always_inline void count_creator(u32 tgid, u64 stack, u32 tid, bool created)
{
	struct ts_stack_key key = {.tgid = tgid, .id = stack};
	struct ts_creator zero = {}, *c = bpf_map_lookup_elem(&creators, &key);

	if (!c) {
		if (bpf_map_update_elem(&creators, &key, &zero, BPF_NOEXIST) == -7) {
			lose(TS_LOSS_CREATORS);
			key.id = 0;
		}
		c = bpf_map_lookup_elem(&creators, &key);
	}
	if (!c)
		return;
	if (created) {
		__sync_fetch_and_add(&c->created, 1);
		c->last_tid = tid;
	} else {
		__sync_fetch_and_add(&c->exited, 1);
	}
}

/* Once per thread: by the exit probe or, if the kernel skipped it, by the last switch. */
static __always_inline void count_exit(u32 tgid, struct thread_state *t, struct task_struct *task)
{
	struct ts_process *p;
	u64 read, written;

	if (t && t->exit_counted)
		return;
	if (t)
		t->exit_counted = 1;
	p = process_totals(tgid);
	if (p) {
		task_storage(task, &read, &written);
		__sync_fetch_and_add(&p->exited, 1);
		__sync_fetch_and_add(&p->ended.read_bytes, read);
		__sync_fetch_and_add(&p->ended.dirtied_bytes, written);
		if (t)
			__sync_fetch_and_add(&p->ended.d_ns, t->d_ns);
	}
	if (t && t->creator_tid)
		count_creator(tgid, t->creator_stack, 0, false);
}

static __always_inline void new_process(struct task_struct *parent, struct task_struct *child)
{
	u32 tgid = viewer_tgid(child), parent_tgid;
	char comm[TS_COMM_LEN];
	u32 *flags;

	if (!tgid || (BPF_CORE_READ(child, flags) & PF_KTHREAD))
		return;
	if (target_mode == TARGET_ALL) {
		become_target(child, tgid, 0);
	} else if (target_mode == TARGET_NAME) {
		bpf_probe_read_kernel(comm, sizeof(comm), child->comm);
		if (name_matches(comm))
			become_target(child, tgid, 0);
	} else if (target_mode == TARGET_SET) {
		parent_tgid = viewer_tgid(parent);
		flags = bpf_map_lookup_elem(&targets, &parent_tgid);
		if (flags && (*flags & TARGET_FOLLOW))
			become_target(child, tgid, TARGET_FOLLOW);
	}
}

static __always_inline int on_task_newtask(struct task_struct *task, u64 clone_flags)
{
	struct task_struct *parent = current_task();
	struct thread_state *creator, *t;
	struct ts_process *p;
	u32 tgid;
	u64 stack = 0;

	if (!(clone_flags & CLONE_THREAD)) {
		new_process(parent, task);
		return 0;
	}
	tgid = viewer_tgid(task);
	if (!is_target(task, tgid))
		return 0;
	p = process_totals(tgid);
	if (p)
		__sync_fetch_and_add(&p->created, 1);
	creator = thread_current();
	if (creator)
		stack = user_stack();
	else
		lose(TS_LOSS_STACKS);
	t = thread_track(task, tgid);
	if (!t)
		return 0;
	t->creator_stack = stack;
	t->creator_tid = viewer_tid(parent);
	/* Threads from before attach have no creator entry; this marks the others. */
	t->preattach = 0;
	t->io_restarted = 0;
	count_creator(tgid, stack, t->creator_tid, true);
	if (want_events) {
		struct ts_event_thread *e = event_reserve(sizeof(*e), TS_EVENT_CREATE);
		if (e) {
			event_header(&e->e, TS_EVENT_CREATE, parent, tgid, t->creator_tid);
			e->child_tid = t->tid;
			e->pad = 0;
			e->stack_id = stack;
			e->lifetime_ns = 0;
			bpf_ringbuf_submit(e, 0);
		}
	}
	return 0;
}

SEC("tp_btf/task_newtask")
int BPF_PROG(task_newtask, struct task_struct *task, u64 clone_flags)
{
	if (current_excluded(current_task()))
		return 0;
	HOLD_CPU(guard_tracepoints);
	on_task_newtask(task, clone_flags);
	RELEASE_CPU(guard_tracepoints);
	return 0;
}

static __always_inline int on_process_exit(struct task_struct *task)
{
	u32 tgid = bpf_get_current_pid_tgid() >> 32, tid;
	struct thread_state *t;

	if (excluded(tgid))
		return 0;
	tgid = viewer_tgid(task);
	if (!is_target(task, tgid))
		return 0;
	t = thread_current();
	tid = viewer_tid(task);
	count_exit(tgid, t, task);
	if (t) {
		calls_end_here(t);
		line_ends_with(t);
	}
	timed_thread_ends();
	if (want_events) {
		struct ts_event_thread *e = event_reserve(sizeof(*e), TS_EVENT_EXIT);
		if (e) {
			event_header(&e->e, TS_EVENT_EXIT, task, tgid, tid);
			e->child_tid = 0;
			e->pad = 0;
			e->stack_id = 0;
			e->lifetime_ns = e->e.time_ns - BPF_CORE_READ(task, start_time);
			bpf_ringbuf_submit(e, 0);
		}
	}
	/* Task storage ends with the task. A hash entry must be deleted; the last switch is still to come. */
	if (!use_task_storage)
		thread_forget(task);
	if (BPF_CORE_READ(task, signal, live.counter) == 0) {
		send_process(task, tgid, TS_PROCESS_END);
		bpf_map_delete_elem(&go_programs, &tgid);
		/* The PID may be reused from now on. */
		if (target_mode != TARGET_ALL)
			bpf_map_delete_elem(&targets, &tgid);
	}
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	HOLD_CPU(guard_tracepoints);
	on_process_exit(task);
	RELEASE_CPU(guard_tracepoints);
	return 0;
}

/* A thread that executes a program takes the ID of the main thread. */
static __always_inline void record_follows(struct task_struct *task, u32 tgid, u32 old_pid)
{
	u32 pid = BPF_CORE_READ(task, pid);
	struct thread_state *t;

	if (!use_task_storage && pid != old_pid) {
		t = bpf_map_lookup_elem(&thread_hash, &old_pid);
		if (t)
			bpf_map_update_elem(&thread_hash, &pid, t, BPF_ANY);
		bpf_map_delete_elem(&thread_hash, &old_pid);
	}
	t = thread_track(task, tgid);
	if (t)
		t->goid_at = 0;
	bpf_map_delete_elem(&go_programs, &tgid);
}

static __always_inline int on_process_exec(struct task_struct *task, int old_pid)
{
	char comm[TS_COMM_LEN];
	u32 tgid, zero = 0;
	bool known, wanted;

	tgid = viewer_tgid(task);
	if (!tgid)
		return 0;
	known = is_target(task, tgid);
	if (target_mode == TARGET_NAME) {
		bpf_probe_read_kernel(comm, sizeof(comm), task->comm);
		wanted = name_matches(comm);
		if (wanted && !known)
			become_target(task, tgid, zero);
		if (!wanted && known) {
			bpf_map_delete_elem(&targets, &tgid);
			thread_forget(task);
			send_process(task, tgid, TS_PROCESS_LEFT);
			return 0;
		}
		known = known && wanted;
	}
	if (!known)
		return 0;
	record_follows(task, tgid, old_pid);
	send_process(task, tgid, TS_PROCESS_EXEC);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, int old_pid)
{
	if (current_excluded(current_task()))
		return 0;
	HOLD_CPU(guard_tracepoints);
	on_process_exec(task, old_pid);
	RELEASE_CPU(guard_tracepoints);
	return 0;
}

/* A process renames its main thread: prctl(PR_SET_NAME), -n only. The next pass finds its other threads.
 */
SEC("tp_btf/task_rename")
int BPF_PROG(process_rename, struct task_struct *task, const char *comm)
{
	char name[TS_COMM_LEN] = {};
	u32 tgid = viewer_tgid(task);

	if (!tgid || BPF_CORE_READ(task, pid) != BPF_CORE_READ(task, tgid) || is_target(task, tgid))
		return 0;
	bpf_probe_read_kernel_str(name, sizeof(name), comm);
	if (name_matches(name))
		become_target(task, tgid, 0);
	return 0;
}
