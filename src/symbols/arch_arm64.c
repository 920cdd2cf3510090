// SPDX-License-Identifier: GPL-2.0-or-later
#include <elf.h>
#include <ucontext.h>

#include "symbols/native.h"

const uint16_t native_machine = EM_AARCH64;

long native__argument(const void *context, unsigned index)
{
	return (long)((const ucontext_t *)context)->uc_mcontext.regs[index];
}

void native__set_result(void *context, long result)
{
	((ucontext_t *)context)->uc_mcontext.regs[0] = (unsigned long long)result;
}
