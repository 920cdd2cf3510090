// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

uint64_t clock_ahead_ns;

static bool links_equal(const char *a, const char *b)
{
	char of_a[64], of_b[64];
	ssize_t n = readlink(a, of_a, sizeof(of_a));

	return n > 0 && readlink(b, of_b, sizeof(of_b)) == n && !memcmp(of_a, of_b, (size_t)n);
}

/* The offsets (time_namespaces(7)) are those of the namespace that children get, mostly one's own. */
void clock__begin(void)
{
	long long seconds, nanoseconds;
	FILE *f;

	if (!links_equal("/proc/self/ns/time", "/proc/self/ns/time_for_children"))
		return; /* or there are no such namespaces: Linux 5.6 */
	f = fopen("/proc/self/timens_offsets", "re");
	if (!f)
		return;
	if (fscanf(f, "monotonic %lld %lld", &seconds, &nanoseconds) == 2)
		clock_ahead_ns = (uint64_t)seconds * NS_PER_S + (uint64_t)nanoseconds;
	fclose(f);
}
