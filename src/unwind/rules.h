/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Call frame information, turned into one compact rule set per code address
 * and kept: libdw's look-up costs about 0.2 ms per frame, a hash look-up 20 ns.
 */
#ifndef TS_UNWIND_RULES_H
#define TS_UNWIND_RULES_H

#include <elfutils/libdw.h>
#include <stdbool.h>

#include "symbols/module.h"
#include "symbols/symbols.h"
#include "unwind/arch.h"

enum rule_kind {
	RULE_UNDEFINED = 0,
	RULE_SAME,          /* as in this frame */
	RULE_AT_OFFSET,     /* saved at CFA + offset */
	RULE_OFFSET,        /* is CFA + offset */
	RULE_REGISTER,      /* in register reg */
	RULE_AT_EXPRESSION, /* saved where the expression says */
	RULE_EXPRESSION,    /* is what the expression says */
};

struct expression {
	Dwarf_Op *ops;
	size_t count;
	uint64_t bias; /* added to addresses in it */
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
	ROW_FRAMELESS,   /* such code that does not even set up a frame pointer */
	ROW_RULES,
	ROW_SIGRETURN, /* a return from a signal, known by its code: see arch.h */
};

struct row {
	uint64_t address;
	uint64_t age; /* the rules' when it was made */
	bool used;
	uint8_t kind;       /* enum row_kind */
	bool signal;        /* the caller was interrupted: its pc is exact */
	bool outermost;     /* by rule there is no caller */
	bool followed;      /* from the code itself: the caller's pc must lie behind a call */
	bool generated;     /* code that was made at run time, and may be another one next time */
	bool frame_pointer; /* which has a frame pointer in use */
	uint8_t pc_from;    /* register whose rule gives the caller's pc */
	struct rule cfa;    /* RULE_REGISTER: reg + offset; RULE_EXPRESSION */
	struct rule regs[NREGS];
};

struct rules {
	struct symbolizer *symbolizer;
	struct row *rows;
	size_t count, room;
	struct expression *expressions;
	size_t expression_count, expression_room;
	struct row spare; /* without memory for more */
	uint64_t age;     /* rows of generated code that are older are made anew */
};

/* The row for the code at address, which is_return if it is one byte before a return address; never NULL.
 * Valid until the next call. */
const struct row *rules__row(struct rules *r, uint64_t address, bool is_return);
/* Turns the call frame information for vaddr of m into row; row stays as it is if there is none. m must be
 * native. */
void rules__fill(struct rules *r, struct module *m, const struct module_place *place, uint64_t vaddr,
		 uint64_t bias, struct row *row);
void rules__forget(struct rules *r);
/* Of generated code only, when they are next asked for. */
void rules__renew(struct rules *r);

#endif
