// SPDX-License-Identifier: GPL-2.0-or-later
/* System V psABI of x86_64. */
#include "unwind/arch.h"

#include <string.h>
#include <ucontext.h>

#include "unwind/x86/follow.h"
#include "unwind/x86/forward.h"

/* DWARF's numbers of r8-r15 rdi rsi rbp rbx rdx rax rcx rsp rip: arch/x86/include/uapi/asm/sigcontext.h */
static const uint8_t SIGRETURN_REGS[] = {8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16};

const struct arch unwind_arch = {
	.syscall = {"\x0f\x05", 2},
	/* mov $15,%rax; syscall: musl leaves it without call frame information */
	.sigreturn = {"\x48\xc7\xc0\x0f\x00\x00\x00\x0f\x05", 9},
	.sigreturn_regs_at = offsetof(ucontext_t, uc_mcontext.gregs), /* the ucontext_t lies at sp then */
	.sigreturn_regs = SIGRETURN_REGS,
	.sigreturn_reg_count = sizeof(SIGRETURN_REGS),
	.call_bytes = 7,
	.pair_ends_frame = true,
	.same_without_rule = REG_BIT(3), /* rbx: elfutils 0.188, backends/x86_64_cfi.c has rax instead */
};

bool arch__is_call(const uint8_t *before)
{
	static const uint8_t lengths[] = {2, 3, 4, 6, 7}; /* of call *..., with or without REX */
	const uint8_t *end = before + 7;

	if (end[-5] == 0xe8)
		return true;
	for (size_t i = 0; i < sizeof(lengths); i++)
		if (end[-lengths[i]] == 0xff && (end[1 - lengths[i]] >> 3 & 7) == 2)
			return true;
	return false;
}

uint64_t arch__called(const uint8_t *before, uint64_t after, bool *ret_slot)
{
	int32_t distance;

	memcpy(&distance, before + 3, sizeof(distance));
	*ret_slot = before[1] == 0xff && before[2] == 0x15; /* call *distance(%rip) */
	if (!*ret_slot && before[2] != 0xe8)                /* call distance(%rip) */
		return 0;
	return after + (uint64_t)(int64_t)distance;
}

bool arch__sets_up_frame(const uint8_t *code, size_t size)
{
	/* mov %rsp,%rbp in both encodings, lea n(%rsp),%rbp (Go) */
	static const char setups[][4] = {"\x48\x89\xe5", "\x48\x8b\xec", "\x48\x8d\x6c"};

	for (size_t i = 0; i < sizeof(setups) / sizeof(setups[0]); i++)
		if (memmem(code, size, setups[i], 3))
			return true;
	return false;
}

void arch__stub_row(struct row *row)
{
	row->kind = ROW_RULES;
	row->pc_from = REG_PC;
	row->cfa = (struct rule){.kind = RULE_REGISTER, .reg = REG_SP, .offset = 8};
	for (int i = 0; i < NREGS; i++)
		row->regs[i].kind = RULE_SAME;
	row->regs[REG_SP] = (struct rule){.kind = RULE_OFFSET};
	row->regs[REG_PC] = (struct rule){.kind = RULE_AT_OFFSET, .offset = -8};
}

bool arch__function_row(const uint8_t *code, size_t size, size_t at, struct row *row)
{
	return follow__row(code, size, at, row);
}

bool arch__forward_row(const struct code_around *c, struct row *row)
{
	return forward__row(c->bytes, c->size, c->at, c->behind_call, row);
}
