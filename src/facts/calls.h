/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls by number. Each processor has its own numbers; in memory, samples have those of the one that
 * this program is built for, also if they were saved on another.
 */
#ifndef TS_FACTS_CALLS_H
#define TS_FACTS_CALLS_H

#include <stdint.h>

#include "facts/sample.h"

enum call_numbers { /* in saved files */
		    CALLS_UNKNOWN,
		    CALLS_X86_64,
		    CALLS_ARM64,
};
extern const enum call_numbers call_numbers__own;

/* A call of x86_64 that this processor lacks, such as poll on arm64, by its number there: in files only. */
#define CALL_FOREIGN(nr) (1000 + (nr))
/* A call of a processor that is not known: it has no name. */
#define CALL_NAMELESS(nr) (1000000 + (nr))

/* NULL: not known. */
const char *syscall_name(long nr);
/* By what uname calls a machine; NULL is fine. */
enum call_numbers call_numbers__of(const char *machine);
/* numbers: of the sample's calls so far; CALLS_UNKNOWN: taken for this processor's. */
void calls__make_own(struct sample *s, uint32_t numbers);

#endif
