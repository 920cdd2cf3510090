// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/patience.h"

#include "util/clock.h"

#define REGAINED 100

static uint64_t spent_ns, begun_ns;

uint64_t patience__left(void)
{
	uint64_t now = monotonic_ns(), regained;

	if (!begun_ns)
		begun_ns = now;
	regained = (now - begun_ns) / REGAINED;
	spent_ns -= regained < spent_ns ? regained : spent_ns;
	begun_ns += regained * REGAINED;
	return spent_ns < PATIENCE_NS ? PATIENCE_NS - spent_ns : 0;
}

void patience__spend(uint64_t ns)
{
	spent_ns += ns;
}
