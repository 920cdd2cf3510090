/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel side alone knows of the processor: arch/x86.bpf.h has the names that each file gives. */
#ifndef TS_ARCH_BPF_H
#define TS_ARCH_BPF_H

#if defined(__TARGET_ARCH_x86)
#include "arch/x86.bpf.h"
#elif defined(__TARGET_ARCH_arm64)
#include "arch/arm64.bpf.h"
#endif

#endif
