/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pure parts of limits.c, for tests. */
#ifndef TS_TARGET_LIMITS_H
#define TS_TARGET_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "target/process.h"

/* The location of the pids controller of a process. */
struct cgroup_place {
	char mount[4096]; /* mount point of the hierarchy */
	char path[4096];  /* of the cgroup below it, "/" or "/a/b" */
};

/*
 * From the texts of /proc/self/mountinfo and /proc/PID/cgroup. A version 1
 * hierarchy with the pids controller wins over version 2 (hybrid: a controller
 * is in one of them only). -ENOENT: no hierarchy with it is mounted.
 */
int cgroup_place__find(const char *mountinfo, const char *cgroup, struct cgroup_place *ret);
/* Soft "Max processes" of /proc/PID/limits; LIMIT_NONE if unlimited or absent. */
uint64_t limits__max_processes(const char *text);
/* "max" or a number; LIMIT_NONE if neither. */
uint64_t limits__number(const char *text);

#endif
