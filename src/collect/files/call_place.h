/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The place of a timed call in words, where it is not an open file with a name. Pure. */
#ifndef TS_COLLECT_FILES_CALL_PLACE_H
#define TS_COLLECT_FILES_CALL_PLACE_H

#include "bpf/threadscope.h"

#define CALL_PLACE_BYTES 256

/* "/etc/hosts", "10.0.0.1:5432", "[::1]:80", "/run/a.sock", "@name", "address of family 16",
 * "anon_inode:[eventfd]"; "": unknown, or an open file with a name.
 * Fills dst and returns it. */
const char *call_place__text(char dst[CALL_PLACE_BYTES], const struct ts_call_key *k);

#endif
