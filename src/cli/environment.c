// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/environment.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *place__hides(pid_t pid)
{
	char path[32], self[16] = "";

	if (readlink("/proc/self", self, sizeof(self) - 1) < 0)
		return "/proc is not mounted here; mount -t proc proc /proc";
	if (strtol(self, NULL, 10) != getpid())
		return "/proc belongs to another PID namespace; mount -t proc proc /proc";
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	/* It is there if it could be sent a signal, or must not be. */
	if (access(path, F_OK) && errno == ENOENT && (!kill(pid, 0) || errno == EPERM))
		return "/proc hides processes of other users (it is mounted with hidepid); run as root, or "
		       "with CAP_SYS_PTRACE";
	return NULL;
}

const char *place__proc_problem(void)
{
	return place__hides(1);
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
