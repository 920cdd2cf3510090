/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DWARF expressions as call frame information uses them (DWARF 5, section 2.5). */
#ifndef TS_UNWIND_EXPRESSION_H
#define TS_UNWIND_EXPRESSION_H

#include <stdbool.h>

#include "unwind/rules.h"

struct expression_input {
	const uint64_t *regs;
	uint64_t known; /* REG_BIT(n): regs[n] is known */
	uint64_t cfa;
	bool cfa_known;
	/* Reads 8 bytes (or size) of the target's memory. */
	bool (*read)(void *arg, uint64_t address, void *buf, size_t size);
	void *arg;
};

/* False if it needs an unknown value, or is invalid. Bounded in steps and depth. */
bool expression__evaluate(const struct expression *e, const struct expression_input *in, uint64_t *ret);

#endif
