/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a task: identity, membership, state, registers. All differences between kernels are in this file.
 */
#ifndef TS_TASK_BPF_H
#define TS_TASK_BPF_H

#define PF_EXITING   0x00000004
#define PF_IO_WORKER 0x00000010 /* also PF_USER_WORKER from 6.4: no user code runs in it */
#define PF_KTHREAD   0x00200000

#define CLONE_THREAD 0x00010000

/*
 * The current task. Before bpf_get_current_task_btf (5.11, commit 3ca1032ab7ab) it is a plain address, so
 * BPF_CORE_READ, which works for both, reads its fields; FIELD() reads directly where the verifier knows the
 * type.
 */
static __always_inline struct task_struct *current_task(void)
{
	if (has_current_btf)
		return bpf_get_current_task_btf();
	return (struct task_struct *)bpf_get_current_task();
}
#define CURRENT_FIELD(task, field) (has_current_btf ? (task)->field : BPF_CORE_READ(task, field))

/* ID of a task in the viewer's PID namespace; 0 if it is not visible there. */
static __always_inline u32 viewer_id(struct pid *pid, u32 plain)
{
	u32 level = viewer_level;
	struct upid up;

	if (level == 0)
		return plain;
	if (!pid || level > 32 || BPF_CORE_READ(pid, level) < level)
		return 0;
	if (bpf_probe_read_kernel(&up, sizeof(up),
				  (void *)pid + bpf_core_field_offset(pid->numbers) +
					  level * bpf_core_type_size(struct upid)))
		return 0;
	return up.nr;
}

static __always_inline u32 viewer_tid(struct task_struct *task)
{
	return viewer_id(viewer_level ? BPF_CORE_READ(task, thread_pid) : NULL, BPF_CORE_READ(task, pid));
}

static __always_inline u32 viewer_tgid(struct task_struct *task)
{
	return viewer_id(viewer_level ? BPF_CORE_READ(task, group_leader, thread_pid) : NULL,
			 BPF_CORE_READ(task, tgid));
}

/* ID in the task's own innermost namespace. plain: in the first one. */
static __always_inline u32 innermost_id(struct pid *pid, u32 plain)
{
	struct upid up;
	u32 level;

	if (!pid)
		return 0;
	level = BPF_CORE_READ(pid, level);
	if (!level)
		return plain;
	if (level > 32 || bpf_probe_read_kernel(&up, sizeof(up),
						(void *)pid + bpf_core_field_offset(pid->numbers) +
							level * bpf_core_type_size(struct upid)))
		return 0;
	return up.nr;
}

/* Interruptible, uninterruptible, stopped ... bits; 0: running or runnable. */
static __always_inline u32 task_state(struct task_struct *task)
{
	/* 5.14, commit 2f064a59a11f: state became __state */
	if (bpf_core_field_exists(task->__state))
		return BPF_CORE_READ(task, __state);
	return (u32)BPF_CORE_READ((struct task_struct___old *)task, state);
}

#define JOBCTL_TRAP_FREEZE   (1ul << 23) /* include/linux/sched/jobctl.h, from 5.2 on */
#define TASK_INTERRUPTIBLE   0x1         /* include/linux/sched.h */
#define TASK_UNINTERRUPTIBLE 0x2
#define TASK_NOLOAD          0x400      /* with it: idle, state I */
#define TASK_FROZEN          0x8000     /* from 6.1 on, commit f5d39b020809; before, */
#define PF_FROZEN            0x00010000 /* a flag that later kernels use for kernel threads only */

/*
 * Frozen: with cgroup v2 it sleeps interruptibly in the freezer's trap (a thread that sleeps elsewhere is
 * only about to be frozen); with cgroup v1, and before the machine suspends, in the refrigerator.
 */
static __always_inline bool task_frozen(struct task_struct *task, u32 state)
{
	if (state & TASK_FROZEN || ((task->flags & PF_FROZEN) && !(task->flags & PF_KTHREAD)))
		return true;
	return (task->jobctl & JOBCTL_TRAP_FREEZE) && (state & TASK_INTERRUPTIBLE);
}

/* State D of /proc; not in the refrigerator, see above. Of the current task, or an iterator's. */
static __always_inline bool in_disk_sleep(struct task_struct *task, u32 state)
{
	return (state & TASK_UNINTERRUPTIBLE) && !(state & TASK_NOLOAD) && !(task->flags & PF_FROZEN);
}

/* Bytes that it has read from storage and written to it, 0 where the kernel does not count them. */
static __always_inline void task_storage(struct task_struct *task, u64 *read, u64 *written)
{
	*read = *written = 0;
	if (bpf_core_field_exists(task->ioac.read_bytes)) {
		*read = BPF_CORE_READ(task, ioac.read_bytes);
		*written = BPF_CORE_READ(task, ioac.write_bytes);
	}
}

/* Its width changed in 7.x: read with this kernel's width. */
static __always_inline bool task_on_cpu(struct task_struct *task)
{
	return BPF_CORE_READ_BITFIELD_PROBED(task, on_cpu);
}

/*
 * The same of an iterator's task, whose type the verifier knows: its fields are plain loads, where a helper's
 * call would be most of the cost of a thread. (But for each pointer in it the verifier would search the
 * kernel's types by name, which takes longer than reading all threads.)
 */
static __always_inline u32 known_tid(struct task_struct *task)
{
	return viewer_id(viewer_level ? BPF_CORE_READ(task, thread_pid) : NULL, task->pid);
}

static __always_inline u32 known_tgid(struct task_struct *task)
{
	return viewer_id(viewer_level ? BPF_CORE_READ(task, group_leader, thread_pid) : NULL, task->tgid);
}

static __always_inline u32 known_state(struct task_struct *task)
{
	return bpf_core_field_exists(task->__state) ? task->__state : task_state(task);
}

static __always_inline bool known_on_cpu(struct task_struct *task)
{
	return BPF_CORE_READ_BITFIELD(task, on_cpu);
}

/* ---- registers ------------------------------------------------------------- */

/* The user registers as saved on entry to the kernel; NULL: the task runs no user code.
 */
static __always_inline const void *task_regs_at(struct task_struct *task, bool btf)
{
	if (BPF_CORE_READ(task, flags) & (PF_KTHREAD | PF_IO_WORKER))
		return NULL;
	if (has_task_pt_regs && btf)
		return (void *)bpf_task_pt_regs(task);
	return BPF_CORE_READ(task, stack) + KERNEL_STACK_BYTES - KERNEL_REGS_BYTES;
}

static __always_inline bool task_regs(struct task_struct *task, bool btf, struct pt_regs *regs)
{
	const void *where = task_regs_at(task, btf);

	return where && !bpf_probe_read_kernel(regs, sizeof(*regs), where);
}

/* Only the system call and its first three arguments. */
static __always_inline bool task_syscall(struct task_struct *task, bool btf, struct regs_syscall *call)
{
	const void *where = task_regs_at(task, btf);

	return where && read_regs_syscall(call, where);
}

/* And where in the program it was made. */
static __always_inline bool task_place(struct task_struct *task, bool btf, struct regs_place *place)
{
	const void *where = task_regs_at(task, btf);

	return where && read_regs_place(place, where);
}

static __always_inline bool task_compat(struct task_struct *task)
{
	return BPF_CORE_READ(task, thread_info.COMPAT_FIELD) & COMPAT_BIT;
}

static __always_inline bool is_futex(s64 nr)
{
	return nr == NR_futex || nr == NR_futex_wait || nr == NR_futex_waitv;
}

/* The futex word that a system call waits on; 0 if it is another call. */
static __always_inline u64 futex_word(s64 nr, u64 arg0)
{
	u64 word = 0;

	if (nr == NR_futex || nr == NR_futex_wait)
		return arg0;
	/* struct futex_waitv { u64 val, uaddr; ... }: the first word stands for all */
	if (nr == NR_futex_waitv)
		bpf_probe_read_user(&word, sizeof(word), (void *)(arg0 + 8));
	return word;
}

#endif
