/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers of x86_64, and which survive a call (System V psABI, figure 3.4). */
#ifndef TS_UNWIND_X86_REGISTERS_H
#define TS_UNWIND_X86_REGISTERS_H

#include <stdint.h>

/* Numbers in instructions. */
#define X86_RAX         0
#define X86_RCX         1
#define X86_RDX         2
#define X86_RBX         3
#define X86_RSP         4
#define X86_RBP         5
#define X86_RSI         6
#define X86_RDI         7
#define X86_R11         11
#define X86_GPRS        16
#define X86_REG(number) (1u << (number)) /* in a set of them */
#define X86_ALL_REGS    0xffffu

/* Those that a function gives back as they were: instruction's number, DWARF's number. */
static const uint8_t PRESERVED[][2] = {{X86_RBX, 3}, {X86_RBP, 6}, {12, 12}, {13, 13}, {14, 14}, {15, 15}};
#define PRESERVED_COUNT (sizeof(PRESERVED) / sizeof(PRESERVED[0]))

/* rbx, rbp, rsp, r12-r15, by their DWARF numbers. The others hold garbage in a caller's frame. */
#define REGS_PRESERVED (REG_BIT(3) | REG_BIT(6) | REG_BIT(7) | 0xfull << 12)

/* The same by the numbers in instructions. */
#define X86_PRESERVED (X86_REG(X86_RBX) | X86_REG(X86_RSP) | X86_REG(X86_RBP) | 0xf000u)

#endif
