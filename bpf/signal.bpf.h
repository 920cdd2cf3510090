/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that a signal interrupts. The kernel restarts them, at once or after the handler returns, or lets
 * them fail with EINTR; it decides at delivery of the signal. While the handler runs, the call is not in
 * flight; the handler may make calls of its own, or never return.
 */
#ifndef TS_SIGNAL_BPF_H
#define TS_SIGNAL_BPF_H

#define EINTR      4
#define SA_RESTART 0x10000000

/* include/linux/errno.h */
#define ERESTARTSYS           512
#define ERESTARTNOINTR        513
#define ERESTARTNOHAND        514
#define ERESTART_RESTARTBLOCK 516

enum restart { /* after a handler */
	       RESTART_NONE = 0,
	       RESTART_IF_WANTED = 1, /* by SA_RESTART */
	       RESTART_ALWAYS = 2,
	       RESTART_NEVER = 3,
};

static __always_inline u32 restart_of(s64 result)
{
	switch (-result) {
	case ERESTARTSYS:
		return RESTART_IF_WANTED;
	case ERESTARTNOINTR:
		return RESTART_ALWAYS;
	case ERESTARTNOHAND:
	case ERESTART_RESTARTBLOCK:
		return RESTART_NEVER;
	}
	return RESTART_NONE;
}

static __always_inline void count_missed_end(const struct ts_file_key *key)
{
	struct ts_file *f = file_totals(file_row_find(key));

	if (f)
		__sync_fetch_and_add(&f->missed_ends, 1);
}

/* Its last call must have ended; the kernel skipped the probe there (see HOLD_CPU). */
static __always_inline void io_missed_end(struct thread_state *t)
{
	if (t->io_start_ns && t->io_kind == TS_IO_WRITE)
		count_missed_end(&t->io_key);
}

/* Its handler did not return to it. */
static __always_inline void interrupted_ends(struct thread_state *t)
{
	if (t->interrupted.start_ns && io_kind(t->interrupted.syscall) == TS_IO_WRITE)
		count_missed_end(&t->interrupted.key);
	t->interrupted.start_ns = 0;
}

/* The thread ends, possibly killed within a call, which began and whose outcome is unknown.
 */
static __always_inline void calls_end_here(struct thread_state *t)
{
	io_missed_end(t);
	t->io_start_ns = 0;
	interrupted_ends(t);
}

static __always_inline u64 user_sp(struct task_struct *task)
{
	const void *where = task_regs_at(task, has_current_btf);
	u64 sp = 0;

	if (where)
		bpf_probe_read_kernel(&sp, sizeof(sp), where + REGS_SP_AT);
	return sp;
}

static __always_inline void io_suspend(struct thread_state *t, struct task_struct *task)
{
	struct interrupted *i = &t->interrupted;

	interrupted_ends(t);
	i->at_ns = bpf_ktime_get_ns();
	i->bytes = t->io_bytes;
	i->address = t->io_address;
	i->sp = user_sp(task);
	i->syscall = t->io_syscall;
	i->fd = t->io_fd;
	i->key = t->io_key;
	i->start_ns = t->io_start_ns;
	t->io_start_ns = 0;
}

/* If the call that has just begun is the interrupted one, it continues from its first start. */
static __always_inline void io_resumes(struct thread_state *t, struct task_struct *task)
{
	struct interrupted *i = &t->interrupted;
	u64 began = i->start_ns;

	if (i->syscall != t->io_syscall || i->fd != t->io_fd || i->bytes != t->io_bytes ||
	    i->address != t->io_address || i->sp != user_sp(task))
		return;
	i->start_ns = 0;
	/* The handler's time is unknown, and so is the time before it if the handler made slow calls itself.
	 */
	if (t->stall.call == began)
		stall_unknown(&t->stall, task, t->io_start_ns - i->at_ns);
	else
		stall_forget(&t->stall, task, began, t->io_start_ns - began);
	t->io_start_ns = began;
}

#endif
