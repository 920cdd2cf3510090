/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /tmp/perf-PID.map: functions that a just-in-time compiler wrote down, one a
 * line, "START SIZE name", hexadecimal. Format: tools/perf/Documentation/jit-interface.txt
 */
#ifndef TS_SYMBOLS_PERFMAP_H
#define TS_SYMBOLS_PERFMAP_H

#include "symbols/symtab.h"
#include "target/process.h"

struct perfmap {
	struct symtab functions;
	uint64_t mtime_ns, bytes; /* of the file read; both 0: none */
};

/* Takes any bytes. Later lines win over earlier ones: code is written over. */
int perfmap__parse(struct perfmap *m, const char *text, size_t len);
/* Reads the file of p again if it changed. 1: it did, 0: not, or there is none, or none to be trusted. */
int perfmap__refresh(struct perfmap *m, const struct process *p);
void perfmap__free(struct perfmap *m);

#endif
