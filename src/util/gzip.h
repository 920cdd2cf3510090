/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_UTIL_GZIP_H
#define TS_UTIL_GZIP_H

#include <stddef.h>
#include <stdio.h>

/* Writes the bytes to out as one gzip member without a time, so that equal bytes make equal files. 0
 * or the negative errno of writing. */
int gzip__write(FILE *out, const void *bytes, size_t size);

#endif
