/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that moves to a new cgroup, of version 1 or 2, and limits itself there. */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdio.h>
#include <stdlib.h>

/* Returns 0, or -1 where the cgroup has no such file or does not take the text. */
static inline int cgroup_put(const char *cgroup, const char *name, const char *text)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", cgroup, name);
	f = fopen(path, "r+");
	if (!f)
		return -1;
	fputs(text, f);
	return fclose(f);
}

struct cgroup_limit {
	const char *name, *text;
};

/* The limit of version 2, or else both of version 1. Exits if it has neither. */
static inline void enter_cgroup(const char *cgroup, struct cgroup_limit v2, const struct cgroup_limit v1[2])
{
	if (cgroup_put(cgroup, "cgroup.procs", "0") ||
	    (cgroup_put(cgroup, v2.name, v2.text) &&
	     (cgroup_put(cgroup, v1[0].name, v1[0].text) || cgroup_put(cgroup, v1[1].name, v1[1].text)))) {
		perror(cgroup);
		exit(1);
	}
}

#endif
