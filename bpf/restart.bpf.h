/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * restart_syscall: how the kernel goes on with a call that has a timeout after a signal without a handler,
 * such as SIGSTOP and SIGCONT, or a debugger's visit. Its arguments are still in the registers, its number is
 * not. What the kernel keeps to restart it shows which call it was; restart_block.fn does not, as futex takes
 * it back.
 */
#ifndef TS_RESTART_BPF_H
#define TS_RESTART_BPF_H

#define MOST_CLOCKS 4096 /* what is less is the number of a clock, not an address */

/* Of the thread at that address. */
CHECKED_ALONE s64 restarted_call(u64 address, u64 arg0, u64 arg1, u64 arg2)
{
	struct task_struct *task = (void *)address;
	bool same = (u64)BPF_CORE_READ(task, restart_block.futex.uaddr) == arg0;
	u32 flags = BPF_CORE_READ(task, restart_block.futex.flags);

	/* A clock, and no call's address; CLOCK_REALTIME, 0, is kept as CLOCK_MONOTONIC. */
	if ((arg0 && arg0 < MOST_CLOCKS) || (s64)arg0 < 0 || (!arg0 && !same))
		return NR_clock_nanosleep;
	/* A futex that is restarted has its flag for a timeout, which is not the lowest; a poll has 0 or 1
	 * there. */
	if (same && flags > 1 && BPF_CORE_READ(task, restart_block.futex.val) == (u32)arg2)
		return NR_futex;
#ifdef HAS_POLL
	if (same && flags <= 1 && (u32)BPF_CORE_READ(task, restart_block.poll.nfds) == (u32)arg1)
		return NR_poll;
#endif
	if ((u64)BPF_CORE_READ(task, restart_block.nanosleep.rmtp) == arg1)
		return NR_nanosleep;
	return NR_restart_syscall;
}

static __always_inline s64 true_call(struct task_struct *task, s64 nr, u64 arg0, u64 arg1, u64 arg2)
{
	return nr == NR_restart_syscall && !task_compat(task)
		       ? restarted_call(plain_address(task), arg0, arg1, arg2)
		       : nr;
}

#endif
