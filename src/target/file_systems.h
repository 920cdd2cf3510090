/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file systems whose files are read for symbols. docs/security.md has the same list. */
#ifndef TS_TARGET_FILE_SYSTEMS_H
#define TS_TARGET_FILE_SYSTEMS_H

#include <stddef.h>

enum fs_trust {
	FS_REFUSED, /* the kernel's own, or not known: reading a file may have effects, or block */
	FS_LOCAL,
	FS_SERVED, /* by another process or machine, which may stop answering */
};

struct file_system {
	const char *name;
	unsigned magic; /* f_type of statfs */
	enum fs_trust trust;
};

/* f_type of statfs, of which only 32 bits are in use. */
enum fs_trust file_system__trust(long magic);
/* All that are not refused. */
const struct file_system *file_systems__list(size_t *ret_count);

#endif
