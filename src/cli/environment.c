// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *place__proc_problem(void)
{
	char self[16] = "";

	if (readlink("/proc/self", self, sizeof(self) - 1) < 0)
		return "/proc is not mounted here; mount -t proc proc /proc";
	if (strtol(self, NULL, 10) != getpid())
		return "/proc belongs to another PID namespace; mount -t proc proc /proc";
	return NULL;
}

const char *place__sys_problem(void)
{
	return access("/sys/kernel", F_OK) ? "/sys is not mounted here; mount -t sysfs sysfs /sys" : NULL;
}

/* The initial namespace maps every ID to itself. */
bool place__in_user_namespace(void)
{
	unsigned inside = 0, outside = 0, count = 0;
	FILE *f = fopen("/proc/self/uid_map", "re");
	int fields = f ? fscanf(f, "%u %u %u", &inside, &outside, &count) : 3;
	bool first = !f || (fields == 3 && !inside && !outside && count == 4294967295u);

	if (f)
		fclose(f);
	return !first;
}
