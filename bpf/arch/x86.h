/* SPDX-License-Identifier: GPL-2.0-or-later */
/* x86_64. */

/*
 * Registers by their DWARF numbers (System V psABI, figure 3.36): 0 rax 1 rdx 2 rcx
 * 3 rbx 4 rsi 5 rdi 6 rbp 7 rsp 8..15 r8..r15 16 return address (rip).
 */
#define TS_NREGS  17
#define TS_REG_FP 6
#define TS_REG_SP 7
#define TS_REG_PC 16

/* arch/x86/include/asm/syscall_wrapper.h: the kernel's functions for system calls of 64-bit programs */
#define TS_SYSCALL_PREFIX "__x64_sys_"

#define HAS_POLL

/* arch/x86/entry/syscalls/syscall_64.tbl */
#define TS_SYSCALLS(_)          \
	_(write, 1)             \
	_(close, 3)             \
	_(poll, 7)              \
	_(pwrite64, 18)         \
	_(writev, 20)           \
	_(msync, 26)            \
	_(sendfile, 40)         \
	_(sendto, 44)           \
	_(sendmsg, 46)          \
	_(exit, 60)             \
	_(fsync, 74)            \
	_(fdatasync, 75)        \
	_(nanosleep, 35)        \
	_(futex, 202)           \
	_(restart_syscall, 219) \
	_(clock_nanosleep, 230) \
	_(exit_group, 231)      \
	_(splice, 275)          \
	_(sync_file_range, 277) \
	_(pwritev, 296)         \
	_(syncfs, 306)          \
	_(sendmmsg, 307)        \
	_(copy_file_range, 326) \
	_(pwritev2, 328)
