/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between processors in how C libraries lay out locks: arch_x86.c, arch_arm64.c. */
#ifndef TS_COLLECT_LOCKS_LOCK_LAYOUT_ARCH_H
#define TS_COLLECT_LOCKS_LOCK_LAYOUT_ARCH_H

#include <stdint.h>

extern const int64_t
	musl_detach_state_at; /* offset in struct pthread, musl 1.2, src/internal/pthread_impl.h */

/* In struct pthread of glibc: its own address, twice, and the thread's TID (nptl/descr.h,
 * sysdeps/x86_64/nptl/tls.h); 0: not known. */
extern const uint64_t glibc_self_at[2], glibc_tid_at;

#endif
