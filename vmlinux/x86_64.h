/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/* arch/x86/include/asm/ptrace.h: the layout on the kernel's stack is ABI to ptrace, so it is read whole. */
#ifndef __VMLINUX_X86_64_H__
#define __VMLINUX_X86_64_H__

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx;
	unsigned long r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long orig_ax; /* system call number, -1 in exceptions */
	unsigned long ip, cs, flags, sp, ss;
};

struct thread_info {
	unsigned long flags;
	__u32 status; /* TS_COMPAT: in a 32-bit system call */
} __attribute__((preserve_access_index));

/* arch/x86/include/asm/processor.h: of the running thread, too, it is the base that a system call has set. */
struct thread_struct {
	unsigned long fsbase;
} __attribute__((preserve_access_index));

struct task_struct___fs {
	struct thread_struct thread;
} __attribute__((preserve_access_index));

#endif
