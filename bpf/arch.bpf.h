/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between processor architectures: registers and system call numbers. */
#ifndef TS_ARCH_BPF_H
#define TS_ARCH_BPF_H

#if defined(__TARGET_ARCH_x86)

#define SYSCALL_PREFIX "__x64_sys_"
/* arch/x86/include/asm/page_64_types.h: 4 pages; 8 with KASAN, which has bpf_task_pt_regs anyway */
#define KERNEL_STACK_BYTES 16384

#define REGS_SYSCALL(r) ((s64)(r)->orig_ax)
#define REGS_ARG0(r)    ((r)->di)
#define REGS_ARG1(r)    ((r)->si)
#define REGS_ARG2(r)    ((r)->dx)
#define REGS_ARG3(r)    ((r)->r10)
#define REGS_ARG4(r)    ((r)->r8)
#define REGS_ARG5(r)    ((r)->r9)

#define REGS_32BIT(r) ((r)->cs == 0x23) /* __USER32_CS, arch/x86/include/asm/segment.h */

/* arch/x86/include/asm/thread_info.h */
#define THREAD_STATUS_COMPAT 0x2

enum {
	NR_write = 1,
	NR_close = 3,
	NR_pwrite64 = 18,
	NR_writev = 20,
	NR_msync = 26,
	NR_sendfile = 40,
	NR_sendto = 44,
	NR_sendmsg = 46,
	NR_exit = 60,
	NR_fsync = 74,
	NR_fdatasync = 75,
	NR_futex = 202,
	NR_exit_group = 231,
	NR_splice = 275,
	NR_sync_file_range = 277,
	NR_pwritev = 296,
	NR_syncfs = 306,
	NR_sendmmsg = 307,
	NR_copy_file_range = 326,
	NR_pwritev2 = 328,
	NR_io_uring_enter = 426,
	NR_futex_waitv = 449,
	NR_futex_wake = 454,
	NR_futex_wait = 455,
};

/* The part of struct pt_regs that says which system call it is: these lie side by side. */
struct regs_syscall {
	u64 arg2, arg1, arg0, nr;
};
#define REGS_SYSCALL_AT __builtin_offsetof(struct pt_regs, dx)
_Static_assert(__builtin_offsetof(struct pt_regs, orig_ax) == REGS_SYSCALL_AT + 24, "dx si di orig_ax");

#define REGS_SP_AT __builtin_offsetof(struct pt_regs, sp)

static __always_inline void regs_to_dwarf(const struct pt_regs *k, struct ts_regs *d)
{
	d->r[0] = k->ax;
	d->r[1] = k->dx;
	d->r[2] = k->cx;
	d->r[3] = k->bx;
	d->r[4] = k->si;
	d->r[5] = k->di;
	d->r[6] = k->bp;
	d->r[7] = k->sp;
	d->r[8] = k->r8;
	d->r[9] = k->r9;
	d->r[10] = k->r10;
	d->r[11] = k->r11;
	d->r[12] = k->r12;
	d->r[13] = k->r13;
	d->r[14] = k->r14;
	d->r[15] = k->r15;
	d->r[16] = k->ip;
}

#else
#error "architecture not supported yet: add its registers and system call numbers here"
#endif

#endif
