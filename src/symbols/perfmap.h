/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /tmp/perf-PID.map: the functions of a just-in-time compiler, one per line, "START SIZE name", in
 * hexadecimal. Format: tools/perf/Documentation/jit-interface.txt
 */
#ifndef TS_SYMBOLS_PERFMAP_H
#define TS_SYMBOLS_PERFMAP_H

#include "symbols/symtab.h"
#include "target/process.h"

struct perfmap {
	struct symtab functions;
	uint64_t mtime_ns, bytes; /* of the file read; both 0: none */
	uint64_t file;            /* see budget__refuse */
	uint64_t rest_until_ns;   /* it is not read again before */
};

/* Accepts any bytes. Later lines replace earlier ones: code is overwritten. */
int perfmap__parse(struct perfmap *m, const char *text, size_t len);
/* Rereads the file of p if it changed. 1: changed; 0: unchanged, missing, or not trusted. */
int perfmap__refresh(struct perfmap *m, const struct process *p);
void perfmap__free(struct perfmap *m);

#endif
