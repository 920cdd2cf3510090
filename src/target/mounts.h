/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of /proc/PID/mountinfo (Documentation/filesystems/proc.rst, 3.5). For src/target only. */
#ifndef TS_TARGET_MOUNTS_H
#define TS_TARGET_MOUNTS_H

#include <stdbool.h>

#define MOUNTINFO_MAX (4u << 20)

struct mount_line {
	unsigned id, dev_major, dev_minor;
	const char *root, *place;
	const char *type; /* of the file system, "fuse.sshfs"; NULL: the line has none */
};

/* Texts point into line, which is changed. */
bool mount_line__parse(char *line, struct mount_line *ret);
/* The part of path below root, without the slash; NULL: not below it. */
const char *path_below(const char *path, const char *root);

#endif
