/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts and paths, looked at but not changed. */
#ifndef TS_UTIL_TEXT_H
#define TS_UTIL_TEXT_H

#include <stdbool.h>
#include <string.h>

/* Two NULL are the same. */
static inline bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static inline bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* What follows the last slash; all of path if it has no slash or ends with one. NULL stays NULL. */
const char *path_basename(const char *path);

#endif
