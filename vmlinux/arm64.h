/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/* arch/arm64/include/asm/ptrace.h: the first part, up to pstate, is ABI to ptrace (struct user_pt_regs); what
 * follows is the same in all kernels from 5.5 on. Later fields differ between them and are not read. */
#ifndef __VMLINUX_ARM64_H__
#define __VMLINUX_ARM64_H__

struct pt_regs {
	unsigned long regs[31];
	unsigned long sp, pc, pstate;
	unsigned long orig_x0;
	int syscallno; /* -1 outside of system calls; little-endian kernels have it first */
	unsigned int unused;
};

struct thread_info {
	unsigned long flags; /* TIF_32BIT: a 32-bit program */
} __attribute__((preserve_access_index));

#endif
