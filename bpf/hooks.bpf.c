/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hooks for write and sync calls: one of three kinds is loaded. */

/* Of futex, most calls are waits: those end no tries. */
static __always_inline bool enter_wanted(u64 nr, u64 arg1)
{
	return io_kind(nr) || (nr == NR_futex && (want_events || !futex_waits(arg1)));
}

static __always_inline void call_begins(struct task_struct *task, u64 nr, u64 arg0, u64 arg1, u64 arg2)
{
	if (nr == NR_futex)
		tries_end(task, arg0, arg1);
	else
		io_begin(task, nr, arg0, arg1, arg2);
}

SEC("tp_btf/sys_enter")
int BPF_PROG(btf_enter, struct pt_regs *regs, long id)
{
	struct task_struct *task;

	if (!enter_wanted(id, REGS_ARG1(regs)))
		return 0;
	task = current_task();
	if (current_excluded(task))
		return 0;
	HOLD_CPU(guard_tracepoints);
	if (!compat_call(task))
		call_begins(task, id, REGS_ARG0(regs), REGS_ARG1(regs), REGS_ARG2(regs));
	RELEASE_CPU(guard_tracepoints);
	return 0;
}

static __always_inline bool exit_wanted(u64 nr)
{
	return (track_io && io_kind(nr)) || (want_events && (is_futex(nr) || nr == NR_restart_syscall));
}

SEC("tp_btf/sys_exit")
int BPF_PROG(btf_exit, struct pt_regs *regs, long result)
{
	u64 nr = REGS_SYSCALL(regs);
	struct task_struct *task;

	if (!exit_wanted(nr))
		return 0;
	task = current_task();
	if (current_excluded(task))
		return 0;
	HOLD_CPU(guard_tracepoints);
	call_returns(task, nr, result);
	RELEASE_CPU(guard_tracepoints);
	return 0;
}

SEC("tracepoint/raw_syscalls/sys_enter")
int plain_enter(struct trace_event_raw_sys_enter *ctx)
{
	struct task_struct *task;

	if (!enter_wanted(ctx->id, ctx->args[1]))
		return 0;
	task = current_task();
	if (current_excluded(task))
		return 0;
	HOLD_CPU(guard_tracepoints);
	if (!compat_call(task))
		call_begins(task, ctx->id, ctx->args[0], ctx->args[1], ctx->args[2]);
	RELEASE_CPU(guard_tracepoints);
	return 0;
}

SEC("tracepoint/raw_syscalls/sys_exit")
int plain_exit(struct trace_event_raw_sys_exit *ctx)
{
	struct task_struct *task;

	if (!exit_wanted(ctx->id))
		return 0;
	task = current_task();
	if (current_excluded(task))
		return 0;
	HOLD_CPU(guard_tracepoints);
	call_returns(task, ctx->id, ctx->ret);
	RELEASE_CPU(guard_tracepoints);
	return 0;
}

/* The arguments come from the registers, not from the function's parameters, whose type is missing in some
 * kernels' BTF.
 */
static __always_inline void call_begins_here(struct task_struct *task, u32 nr)
{
	struct regs_syscall call;

	if (task_syscall(task, has_current_btf, &call))
		call_begins(task, nr, call.arg0, call.arg1, call.arg2);
}

/* On the system calls' own functions: other calls cost nothing. 32-bit calls do not reach them. */
#define ON_SYSCALL(name) ON_SYSCALL_OF(name, #name)
#define ON_SYSCALL_OF(name, function)    \
	ON_SYSCALL_ENTRY(name, function) \
	ON_SYSCALL_EXIT(name, function)

#define ON_SYSCALL_ENTRY(name, function)                   \
	SEC("fentry/" TS_SYSCALL_PREFIX function)          \
	int enter_##name(void *ctx)                        \
	{                                                  \
		struct task_struct *task = current_task(); \
		if (current_excluded(task))                \
			return 0;                          \
		HOLD_CPU(guard_calls);                     \
		call_begins_here(task, NR_##name);         \
		RELEASE_CPU(guard_calls);                  \
		return 0;                                  \
	}

#define ON_SYSCALL_EXIT(name, function)                                    \
	SEC("fexit/" TS_SYSCALL_PREFIX function)                           \
	int BPF_PROG(exit_##name, const struct pt_regs *regs, long result) \
	{                                                                  \
		struct task_struct *task = current_task();                 \
		if (current_excluded(task))                                \
			return 0;                                          \
		HOLD_CPU(guard_calls);                                     \
		call_returns(task, NR_##name, result);                     \
		RELEASE_CPU(guard_calls);                                  \
		return 0;                                                  \
	}

ON_SYSCALL(write)
ON_SYSCALL(pwrite64)
ON_SYSCALL(writev)
ON_SYSCALL(pwritev)
ON_SYSCALL(pwritev2)
ON_SYSCALL(sendto)
ON_SYSCALL(sendmsg)
ON_SYSCALL(fsync)
ON_SYSCALL(fdatasync)
ON_SYSCALL(sync_file_range)
ON_SYSCALL(msync)
ON_SYSCALL(sendmmsg)
ON_SYSCALL_OF(sendfile, "sendfile64")
ON_SYSCALL(splice)
ON_SYSCALL(copy_file_range)
ON_SYSCALL(syncfs)
ON_SYSCALL(close)
ON_SYSCALL(futex)
