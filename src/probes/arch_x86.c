// SPDX-License-Identifier: GPL-2.0-or-later
/* arch/x86/include/uapi/asm/perf_regs.h */
#include <asm/perf_regs.h>

#include "probes/ticks_registers.h"

const struct perf_register perf_registers[] = {
	{PERF_REG_X86_AX, 0},   {PERF_REG_X86_BX, 3},   {PERF_REG_X86_CX, 2},   {PERF_REG_X86_DX, 1},
	{PERF_REG_X86_SI, 4},   {PERF_REG_X86_DI, 5},   {PERF_REG_X86_BP, 6},   {PERF_REG_X86_SP, 7},
	{PERF_REG_X86_IP, 16},  {PERF_REG_X86_R8, 8},   {PERF_REG_X86_R9, 9},   {PERF_REG_X86_R10, 10},
	{PERF_REG_X86_R11, 11}, {PERF_REG_X86_R12, 12}, {PERF_REG_X86_R13, 13}, {PERF_REG_X86_R14, 14},
	{PERF_REG_X86_R15, 15},
};
const size_t perf_register_count = sizeof(perf_registers) / sizeof(perf_registers[0]);
