/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug files from a server, by build ID, only if the environment names one (DEBUGINFOD_URLS). Uses elfutils'
 * libdebuginfod, loaded at first use, which caches the files.
 */
#ifndef TS_SYMBOLS_DEBUGINFOD_H
#define TS_SYMBOLS_DEBUGINFOD_H

#include <stddef.h>
#include <stdint.h>

/*
 * A descriptor of the debug file, which the caller closes. -ENOENT: not configured, no library, or on no
 * server. Unreachable servers are not asked again. Waits at most DEBUGINFOD_TIMEOUT seconds (default 10) for
 * a server. The file is untrusted.
 */
int debuginfod__open(const uint8_t *id, size_t len);

/* Why no server can be asked in this build, on this system. NULL: it can. */
const char *debuginfod__problem(void);

#endif
