/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls of 32-bit programs, as this processor's own: arch_x86.c, arch_arm64.c. */
#ifndef TS_COLLECT_THREADS_COMPAT_CALLS_H
#define TS_COLLECT_THREADS_COMPAT_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/probes.h"

/* The number and the six arguments of the call that a 32-bit thread is in, as a 64-bit program would make it.
 * False, with both unchanged: the call is not known. */
bool compat_calls__translate(const struct ts_thread *t, long *ret_call, uint64_t ret_args[6]);

#endif
