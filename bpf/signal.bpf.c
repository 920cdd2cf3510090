/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A signal handler is about to run in a thread that the signal interrupted in a call. */

static __always_inline void call_interrupted(struct task_struct *task, struct k_sigaction *action)
{
	struct thread_state *t = thread_find(task);
	u32 restart;

	/* SIG_DFL, SIG_IGN: no handler. The call restarts at once, or the process ends. */
	if (!t || !t->io_restarted || (u64)BPF_CORE_READ(action, sa.sa_handler) <= 1)
		return;
	restart = t->io_restarted;
	t->io_restarted = RESTART_NONE;
	if (!t->io_start_ns)
		return;
	if (restart == RESTART_ALWAYS ||
	    (restart == RESTART_IF_WANTED && (BPF_CORE_READ(action, sa.sa_flags) & SA_RESTART)))
		io_suspend(t, task);
	else
		io_end(t, task, -EINTR);
}

SEC("tp_btf/signal_deliver")
int BPF_PROG(signal_deliver, int sig, struct kernel_siginfo *info, struct k_sigaction *action)
{
	struct task_struct *task = current_task();

	if (current_excluded(task))
		return 0;
	HOLD_CPU(guard_tracepoints);
	call_interrupted(task, action);
	RELEASE_CPU(guard_tracepoints);
	return 0;
}
