/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long what does not answer may keep threadscope waiting: file servers, and memory of processes. One
 * budget for all, so that many of them together do not cost more than one.
 */
#ifndef TS_TARGET_PATIENCE_H
#define TS_TARGET_PATIENCE_H

#include <stdint.h>

#define PATIENCE_NS 1500000000ull /* with the short waits after the first, 2 s in all */
#define LATER_NS    50000000ull   /* for each further one that waits for a server, and if nothing is left */
#define SILENCE_NS  500000000ull  /* of memory, or a list of mappings, that makes no progress */

/* What is left. One hundredth of the time goes by as new patience. */
uint64_t patience__left(void);
void patience__spend(uint64_t ns);

#endif
