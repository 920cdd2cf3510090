/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that is built piece by piece in a buffer of fixed size. */
#ifndef TS_UTIL_APPEND_H
#define TS_UTIL_APPEND_H

#include <stddef.h>

/* Appends at *used and advances it, within size, NUL-terminated. Text that does not fit ends in "...", and
 * nothing more is appended. */
void append(char *dst, size_t size, size_t *used, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
