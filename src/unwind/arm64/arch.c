// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Procedure call standard of arm64 (AAPCS64): x19 to x28, the frame pointer x29 and sp survive a call, the
 * return address comes in the link register x30. Code without call frame information is followed by its frame
 * pointer alone, not by its instructions.
 */
#include "unwind/arch.h"

#include <signal.h>
#include <string.h>
#include <ucontext.h>

#define WORD_BYTES 4 /* of each instruction */

static const uint8_t SIGRETURN_REGS[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
					 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

/* sp and pc follow x30. arch/arm64/include/uapi/asm/sigcontext.h */
_Static_assert(offsetof(mcontext_t, pc) - offsetof(mcontext_t, regs) == 8 * TS_REG_PC, "x0-x30 sp pc");

const struct arch unwind_arch = {
	.syscall = {"\x01\x00\x00\xd4", 4}, /* svc #0 */
	/* mov x8, #139; svc #0: the kernel's own, arch/arm64/kernel/vdso/sigreturn.S */
	.sigreturn = {"\x68\x11\x80\xd2\x01\x00\x00\xd4", 8},
	/* struct rt_sigframe in arch/arm64/kernel/signal.c lies at sp then */
	.sigreturn_regs_at = sizeof(siginfo_t) + offsetof(ucontext_t, uc_mcontext.regs),
	.sigreturn_regs = SIGRETURN_REGS,
	.sigreturn_reg_count = sizeof(SIGRETURN_REGS),
	.call_bytes = WORD_BYTES,
	.link_register = true,
	.link = TS_REG_LR,
	.signed_returns = true,
};

static uint32_t word_at(const uint8_t *code)
{
	uint32_t word;

	memcpy(&word, code, sizeof(word));
	return word;
}

static bool is_branch_with_link(uint32_t word)
{
	return word >> 26 == 0x25;
}

/* blr, and with a check of the address: blraa, blrab, blraaz, blrabz */
static bool is_branch_to_register(uint32_t word)
{
	return (word & 0xfffffc1f) == 0xd63f0000 || (word & 0xfefff800) == 0xd63f0800;
}

bool arch__is_call(const uint8_t *before)
{
	uint32_t word = word_at(before);

	return is_branch_with_link(word) || is_branch_to_register(word);
}

uint64_t arch__called(const uint8_t *before, uint64_t after, bool *ret_slot)
{
	uint32_t word = word_at(before);

	*ret_slot = false;
	if (!is_branch_with_link(word))
		return 0;
	return after - WORD_BYTES + (uint64_t)((int64_t)(int32_t)(word << 6) >> 6) * WORD_BYTES;
}

bool arch__sets_up_frame(const uint8_t *code, size_t size)
{
	/* add x29, sp, #n: mov x29, sp is that with 0 */
	for (size_t i = 0; i + WORD_BYTES <= size; i += WORD_BYTES)
		if ((word_at(code + i) & 0xffc003ff) == 0x910003fd)
			return true;
	return false;
}

void arch__stub_row(struct row *row)
{
	row->kind = ROW_RULES;
	row->pc_from = TS_REG_LR;
	row->cfa = (struct rule){.kind = RULE_REGISTER, .reg = REG_SP};
	for (int i = 0; i < NREGS; i++)
		row->regs[i].kind = RULE_SAME;
	row->regs[REG_SP] = (struct rule){.kind = RULE_OFFSET};
}

bool arch__function_row(const uint8_t *code, size_t size, size_t at, struct row *row)
{
	(void)code, (void)size, (void)at, (void)row;
	return false;
}

bool arch__forward_row(const struct code_around *c, struct row *row)
{
	(void)c, (void)row;
	return false;
}

bool arch__generated_row(const struct code_around *c, uint64_t pc, struct row *row)
{
	(void)c, (void)pc, (void)row;
	return false;
}
