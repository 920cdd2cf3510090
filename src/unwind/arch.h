/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between architectures: one table each, the rest is DWARF. */
#ifndef TS_UNWIND_ARCH_H
#define TS_UNWIND_ARCH_H

#include "bpf/threadscope.h"

#define NREGS TS_NREGS

#if defined(__x86_64__)
/*
 * System V psABI: rbx, rbp, rsp, r12-r15 survive a call. The others hold
 * garbage in a caller's frame, except where its call frame information says so.
 */
#define REGS_PRESERVED (1u << 3 | 1u << 6 | 1u << 7 | 0xfu << 12)
#define REG_SP         TS_REG_SP
#define REG_FP         TS_REG_FP
#define REG_PC         TS_REG_PC
/* How a function sets up its frame pointer: mov %rsp,%rbp in both encodings, lea n(%rsp),%rbp (Go). */
#define FRAME_SETUP                                            \
	{                                                      \
		"\x48\x89\xe5", "\x48\x8b\xec", "\x48\x8d\x6c" \
	}
#define FRAME_SETUP_BYTES 3
/* How functions begin that compilers make at run time: push %rbp, and sub $n,%rsp or mov %rsp,%rbp in both
 * encodings. */
#define BEGINNINGS                                                                             \
	{                                                                                      \
		"\x55\x48\x83\xec", "\x55\x48\x81\xec", "\x55\x48\x89\xe5", "\x55\x48\x8b\xec" \
	}
#define BEGINNING_BYTES 4
/* mov $15,%rax; syscall: rt_sigreturn, which musl leaves without call frame information. */
#define SIGRETURN_CODE "\x48\xc7\xc0\x0f\x00\x00\x00\x0f\x05"
/* Offset of gregs in the ucontext_t that lies at sp then, and the DWARF number of each of
 * r8-r15 rdi rsi rbp rbx rdx rax rcx rsp rip. arch/x86/include/uapi/asm/sigcontext.h */
#define SIGRETURN_REGS_AT 40
#define SIGRETURN_REGS                                                   \
	{                                                                \
		8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16 \
	}
/* syscall, and the caller's frame of a stub that pushes nothing: CFA = sp + 8, return address below it */
#define SYSCALL_CODE   "\x0f\x05"
#define STUB_CFA       8
#define STUB_RETURN_AT (-8)
#else
#error "a table for this architecture is missing"
#endif

#endif
