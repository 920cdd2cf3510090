/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which registers a perf sample has, in the order in which it has them: arch_x86.c, arch_arm64.c. */
#ifndef TS_PROBES_TICKS_REGISTERS_H
#define TS_PROBES_TICKS_REGISTERS_H

#include <stddef.h>
#include <stdint.h>

struct perf_register {
	uint8_t bit;   /* in sample_regs_user, rising */
	uint8_t dwarf; /* its DWARF number */
};
extern const struct perf_register perf_registers[];
extern const size_t perf_register_count;

#endif
