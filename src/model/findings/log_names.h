/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files are one log: its rotated generations, the segments of a commit log. */
#ifndef TS_MODEL_FINDINGS_LOG_NAMES_H
#define TS_MODEL_FINDINGS_LOG_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct log_name { /* the beginning of its path */
	const char *path;
	size_t length;
};

/* Whether a sync for each write is what the file is for: commit logs, and binary files that are not called a
 * log. */
bool log_name__for_commits(const char *path, bool of_lines);
/* segments: the files of one folder are one log. */
struct log_name log_name__of(const char *path, bool segments);
bool log_name__same(const struct log_name *a, const struct log_name *b); /* false without a path */

#endif
