// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwind/holding.h"

enum holding holding__next(const struct holding_code *c)
{
	(void)c;
	return HOLDING_UNKNOWN;
}

uint64_t holding__spins_for(const struct holding_code *c)
{
	(void)c;
	return 0;
}

uint64_t holding__argument(const uint64_t *regs, uint64_t known)
{
	(void)regs;
	(void)known;
	return 0;
}
