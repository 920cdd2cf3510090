/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug files from a server, by build ID: only if the user's environment names
 * one (DEBUGINFOD_URLS). Through elfutils' libdebuginfod, loaded when first
 * needed, which keeps what it fetched in its cache.
 */
#ifndef TS_SYMBOLS_DEBUGINFOD_H
#define TS_SYMBOLS_DEBUGINFOD_H

#include <stddef.h>
#include <stdint.h>

/*
 * A descriptor of the debug file, which the caller closes. -ENOENT: not asked
 * for, no library, or no server has it. Servers that cannot be reached are not
 * asked again. Waits for a server at most DEBUGINFOD_TIMEOUT seconds (10 unless
 * set). The file may be anything: to be checked.
 */
int debuginfod__open(const uint8_t *id, size_t len);

#endif
