// SPDX-License-Identifier: GPL-2.0-or-later
#include <elf.h>
#include <ucontext.h>

#include "symbols/native.h"

const uint16_t native_machine = EM_X86_64;

long native__argument(const void *context, unsigned index)
{
	static const int registers[] = {REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9};

	return (long)((const ucontext_t *)context)->uc_mcontext.gregs[registers[index]];
}

void native__set_result(void *context, long result)
{
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = result;
}
