/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is of this program's own processor: arch_x86.c, arch_arm64.c. */
#ifndef TS_SYMBOLS_NATIVE_H
#define TS_SYMBOLS_NATIVE_H

#include <stdint.h>

extern const uint16_t native_machine; /* e_machine of ELF files */

/* In a handler of SIGSYS, with its third argument: the system call's arguments (from 0), and its result. */
long native__argument(const void *context, unsigned index);
void native__set_result(void *context, long result);

#endif
