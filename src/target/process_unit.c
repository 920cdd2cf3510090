// SPDX-License-Identifier: GPL-2.0-or-later
/* What a process belongs to, and how long it has run. */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "target/process_private.h"

#define TEXT_MAX ((size_t)256 << 10)

const char *process__unit(struct process *p)
{
	char *cgroup = NULL;
	size_t length;

	if (!p->unit_read && !read_whole(p->live_dir, "cgroup", TEXT_MAX, &cgroup, &length)) {
		if (!unit_name__find(cgroup, p->unit))
			*p->unit = '\0';
		free(cgroup);
	}
	p->unit_read = true;
	return *p->unit ? p->unit : NULL;
}

uint64_t process__uptime_ns(const struct process *p)
{
	uint64_t hz = (uint64_t)sysconf(_SC_CLK_TCK), started = p->start_ticks * (1000000000 / hz), now;
	struct timespec t;

	if (!p->start_ticks || clock_gettime(CLOCK_BOOTTIME, &t))
		return 0;
	now = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	return now > started ? now - started : 0;
}
