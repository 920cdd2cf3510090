// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/patience.h"

#include "util/allowance.h"
#include "util/clock.h"

#define REGAINED 100

static struct allowance all;

uint64_t patience__left(void)
{
	allowance__regain(&all, monotonic_ns(), REGAINED);
	return gained_since(PATIENCE_NS, all.spent_ns);
}

void patience__spend(uint64_t ns)
{
	all.spent_ns += ns;
}
