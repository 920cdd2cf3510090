/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both sides know of the processor that is built for: one file each in arch/, with the same names in it.
 */
#ifndef TS_ARCH_H
#define TS_ARCH_H

#if defined(__TARGET_ARCH_x86) || defined(__x86_64__)
#include "arch/x86.h"
#elif defined(__TARGET_ARCH_arm64) || defined(__aarch64__)
#include "arch/arm64.h"
#else
#error "architecture not supported yet: docs/design.md says which files it needs"
#endif

#define TS_SYSCALL_NUMBER(name, number) NR_##name = (number),
enum { TS_SYSCALLS(TS_SYSCALL_NUMBER) };
enum { /* the same everywhere, as all from 424 on */
       NR_io_uring_enter = 426,
       NR_futex_waitv = 449,
       NR_futex_wake = 454,
       NR_futex_wait = 455,
};

#endif
