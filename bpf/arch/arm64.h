/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arm64. */

/*
 * Registers by their DWARF numbers (DWARF for the Arm 64-bit Architecture, section 4.1): 0..30 x0..x30, of
 * which 29 is the frame pointer and 30 the link register, 31 sp, 32 pc.
 */
#define TS_NREGS  33
#define TS_REG_FP 29
#define TS_REG_LR 30
#define TS_REG_SP 31
#define TS_REG_PC 32

/* arch/arm64/include/asm/syscall_wrapper.h */
#define TS_SYSCALL_PREFIX "__arm64_sys_"

/* include/uapi/asm-generic/unistd.h */
#define TS_SYSCALLS(_)          \
	_(close, 57)            \
	_(write, 64)            \
	_(writev, 66)           \
	_(pwrite64, 68)         \
	_(pwritev, 70)          \
	_(sendfile, 71)         \
	_(splice, 76)           \
	_(fsync, 82)            \
	_(fdatasync, 83)        \
	_(sync_file_range, 84)  \
	_(exit, 93)             \
	_(exit_group, 94)       \
	_(futex, 98)            \
	_(nanosleep, 101)       \
	_(clock_nanosleep, 115) \
	_(restart_syscall, 128) \
	_(sendto, 206)          \
	_(sendmsg, 211)         \
	_(msync, 227)           \
	_(syncfs, 267)          \
	_(sendmmsg, 269)        \
	_(copy_file_range, 285) \
	_(pwritev2, 287)
