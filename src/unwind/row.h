/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The unwind rule set of one code address, whether from call frame information or from the code itself. */
#ifndef TS_UNWIND_ROW_H
#define TS_UNWIND_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/threadscope.h"

/* Registers have their DWARF numbers. */
#define NREGS      TS_NREGS
#define REG_SP     TS_REG_SP
#define REG_FP     TS_REG_FP
#define REG_PC     TS_REG_PC
#define REG_BIT(n) (1ull << (n)) /* in a set of registers, uint64_t */

enum rule_kind {
	RULE_UNDEFINED = 0,
	RULE_SAME,          /* as in this frame */
	RULE_AT_OFFSET,     /* saved at CFA + offset */
	RULE_OFFSET,        /* is CFA + offset */
	RULE_REGISTER,      /* in register reg */
	RULE_AT_EXPRESSION, /* saved at the address of the expression */
	RULE_EXPRESSION,    /* the value of the expression */
};

struct rule {
	uint8_t kind; /* enum rule_kind */
	uint8_t reg;
	uint16_t expression; /* index into the cache's list */
	int32_t offset;
};

enum row_kind {
	ROW_OUTSIDE = 0, /* no code is mapped there */
	ROW_NONE,        /* code without call frame information */
	ROW_FRAMELESS,   /* such code without a frame pointer */
	ROW_RULES,
	ROW_SIGRETURN, /* a return from a signal, known by its code */
};

struct row {
	uint64_t address;
	uint64_t age;       /* the rules' when it was made */
	uint8_t kind;       /* enum row_kind */
	bool signal;        /* the caller was interrupted: its pc is exact */
	bool outermost;     /* by rule there is no caller */
	bool followed;      /* derived from the code: the caller's pc must follow a call */
	bool generated;     /* code generated at run time, which may change */
	bool frame_pointer; /* which has a frame pointer in use */
	uint8_t pc_from;    /* register whose rule gives the caller's pc */
	struct rule cfa;    /* RULE_REGISTER: reg + offset; RULE_EXPRESSION */
	struct rule regs[NREGS];
};

#endif
