// SPDX-License-Identifier: GPL-2.0-or-later
/* arch/arm64/include/uapi/asm/perf_regs.h */
#include <asm/perf_regs.h>

#include "probes/ticks_registers.h"

const struct perf_register perf_registers[] = {
	{PERF_REG_ARM64_X0, 0},   {PERF_REG_ARM64_X1, 1},   {PERF_REG_ARM64_X2, 2},
	{PERF_REG_ARM64_X3, 3},   {PERF_REG_ARM64_X4, 4},   {PERF_REG_ARM64_X5, 5},
	{PERF_REG_ARM64_X6, 6},   {PERF_REG_ARM64_X7, 7},   {PERF_REG_ARM64_X8, 8},
	{PERF_REG_ARM64_X9, 9},   {PERF_REG_ARM64_X10, 10}, {PERF_REG_ARM64_X11, 11},
	{PERF_REG_ARM64_X12, 12}, {PERF_REG_ARM64_X13, 13}, {PERF_REG_ARM64_X14, 14},
	{PERF_REG_ARM64_X15, 15}, {PERF_REG_ARM64_X16, 16}, {PERF_REG_ARM64_X17, 17},
	{PERF_REG_ARM64_X18, 18}, {PERF_REG_ARM64_X19, 19}, {PERF_REG_ARM64_X20, 20},
	{PERF_REG_ARM64_X21, 21}, {PERF_REG_ARM64_X22, 22}, {PERF_REG_ARM64_X23, 23},
	{PERF_REG_ARM64_X24, 24}, {PERF_REG_ARM64_X25, 25}, {PERF_REG_ARM64_X26, 26},
	{PERF_REG_ARM64_X27, 27}, {PERF_REG_ARM64_X28, 28}, {PERF_REG_ARM64_X29, 29},
	{PERF_REG_ARM64_LR, 30},  {PERF_REG_ARM64_SP, 31},  {PERF_REG_ARM64_PC, 32},
};
const size_t perf_register_count = sizeof(perf_registers) / sizeof(perf_registers[0]);
