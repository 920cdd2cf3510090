/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ELF files of this program's own processor say: arch_x86.c, arch_arm64.c. */
#ifndef TS_SYMBOLS_NATIVE_H
#define TS_SYMBOLS_NATIVE_H

#include <stdint.h>

extern const uint16_t native_machine; /* e_machine */

#endif
