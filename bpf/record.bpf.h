/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The targets, and the record of each of their threads. */
#ifndef TS_RECORD_BPF_H
#define TS_RECORD_BPF_H

static __always_inline bool name_matches(const char *comm)
{
	u64 state = name_starts;

	for (int i = 0; i < TS_COMM_LEN; i++) {
		u8 c = comm[i];
		if (!c)
			break;
		state = ((state << 1) & name_accepts[c]) | (state & name_loops);
	}
	return state & name_ends;
}

/* Whether this process is a target. Not for the hot path, where the thread's record decides. */
static __always_inline bool is_target(struct task_struct *task, u32 tgid)
{
	if (!tgid || (BPF_CORE_READ(task, flags) & PF_KTHREAD))
		return false;
	if (target_mode == TARGET_ALL)
		return true;
	return bpf_map_lookup_elem(&targets, &tgid);
}

/* The first instructions of each program: with a single target, all other tasks return here. */
static __always_inline bool excluded(u32 kernel_tgid)
{
	return target_mode == TARGET_ONE && one_tgid && one_tgid != kernel_tgid;
}

/* The same for the current task, with as few calls as possible. */
static __always_inline bool current_excluded(struct task_struct *current)
{
	if (target_mode != TARGET_ONE)
		return false;
	return excluded(has_current_btf ? current->tgid : bpf_get_current_pid_tgid() >> 32);
}

/* ---- the thread's record ------------------------------------------------- */

static __always_inline struct thread_state *thread_find(struct task_struct *task)
{
	u32 pid;

	if (use_task_storage)
		return bpf_task_storage_get(&thread_storage, task, 0, 0);
	pid = BPF_CORE_READ(task, pid);
	return bpf_map_lookup_elem(&thread_hash, &pid);
}

static __always_inline struct thread_state *thread_current(void)
{
	u32 pid;

	if (use_task_storage)
		return bpf_task_storage_get(&thread_storage, bpf_get_current_task_btf(), 0, 0);
	pid = (u32)bpf_get_current_pid_tgid();
	return bpf_map_lookup_elem(&thread_hash, &pid);
}

/*
 * Creates the record of a thread, at its creation, at exec and in the iterator, never in sched_switch: an
 * allocation there could need the run queue's lock.
 */
static __always_inline struct thread_state *thread_track(struct task_struct *task, u32 tgid)
{
	struct thread_state *t;
	u32 pid, zero = 0;

	if (use_task_storage) {
		t = bpf_task_storage_get(&thread_storage, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	} else {
		void *init = bpf_map_lookup_elem(&zero_thread, &zero);
		pid = BPF_CORE_READ(task, pid);
		t = bpf_map_lookup_elem(&thread_hash, &pid);
		if (!t && init) {
			bpf_map_update_elem(&thread_hash, &pid, init, BPF_NOEXIST);
			t = bpf_map_lookup_elem(&thread_hash, &pid);
		}
	}
	if (!t) {
		lose(TS_LOSS_THREADS);
		return NULL;
	}
	t->tgid = tgid;
	t->tid = viewer_tid(task);
	return t;
}

static __always_inline void thread_forget(struct task_struct *task)
{
	u32 pid;

	if (use_task_storage) {
		bpf_task_storage_delete(&thread_storage, task);
	} else {
		pid = BPF_CORE_READ(task, pid);
		bpf_map_delete_elem(&thread_hash, &pid);
	}
}

/* ---- events ---------------------------------------------------------------- */

static __always_inline void event_header(struct ts_event *e, u32 kind, struct task_struct *task, u32 tgid,
					 u32 tid)
{
	e->kind = kind;
	e->tgid = tgid;
	e->tid = tid;
	e->exec_id = (u32)BPF_CORE_READ(task, self_exec_id);
	e->time_ns = bpf_ktime_get_ns();
	bpf_probe_read_kernel(e->comm, sizeof(e->comm), task->comm);
}

#endif
