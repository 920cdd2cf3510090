// SPDX-License-Identifier: GPL-2.0-or-later
#include "feed/viewer_cost.h"

#include <stdio.h>
#include <unistd.h>

#include "util/clock.h"

void viewer_cost__add(struct sample *s)
{
	unsigned long long size, resident = 0, shared = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%llu %llu %llu", &size, &resident, &shared) != 3)
		resident = shared = 0;
	if (f)
		fclose(f);
	s->cpu_ns += clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	if (s->rss_bytes && resident > shared)
		s->rss_bytes += (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE);
}
