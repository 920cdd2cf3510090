/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What registers and slots of the frame hold while a function's code is followed: addresses of variables,
 * small numbers, and pointers, by where they come from. Pure.
 */
#ifndef TS_GO_RUNTIME_X86_VALUES_H
#define TS_GO_RUNTIME_X86_VALUES_H

#include "unwind/x86/decode.h"
#include "unwind/x86/effects.h"
#include "unwind/x86/registers.h"

#define X86_SLOTS   32
#define X86_ORIGINS 256
#define X86_RECORDS 16 /* locks of a function */

struct value {
	enum { VALUE_NONE, VALUE_NUMBER, VALUE_ADDRESS, VALUE_POINTER } kind;
	int origin;     /* of a pointer */
	int64_t offset; /* number, address, or from where the pointer points */
};

/* Where a pointer comes from. */
struct origin {
	enum { ORIGIN_ARGUMENT, ORIGIN_SLOT, ORIGIN_WORD, ORIGIN_FIELD } kind;
	int64_t at; /* register; slot; address; offset in what from points to */
	int from;
};

struct origins {
	struct origin list[X86_ORIGINS];
	int count;
};

struct slot {
	int64_t key; /* from the stack pointer at the function's entry */
	struct value value;
};

struct x86_values {
	struct value regs[X86_GPRS];
	struct slot slots[X86_SLOTS];
	size_t slot_count;
	int64_t depth;             /* of the stack pointer below that at the entry */
	uint8_t held[X86_RECORDS]; /* sets of enum held */
};

/* As the processor adds: the program's numbers are any. */
int64_t value__sum(int64_t a, int64_t b);
bool value__same(const struct value *a, const struct value *b);
/* -1: no room. */
int origins__get(struct origins *o, struct origin want);
void x86_values__start(struct x86_values *s, struct origins *o);
/* Keeps what both have; true if old has less then. -1: the depths differ. */
int x86_values__meet(struct x86_values *old, const struct x86_values *s);
/* The address that the operand in memory has; next: address of the next instruction. */
struct value x86_values__operand(const struct x86_values *s, const struct x86_insn *i, uint64_t next);
/* The effect on registers, slots and depth of an instruction that is no call. False: the stack pointer is
 * lost. */
bool x86_values__apply(struct x86_values *s, struct origins *o, const struct x86_insn *i, uint64_t next);
/* What a call leaves. */
void x86_values__call(struct x86_values *s);

#endif
