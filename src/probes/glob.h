/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shell globs as the bit-parallel automaton that the BPF side runs over a name. Pure. */
#ifndef TS_PROBES_GLOB_H
#define TS_PROBES_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct glob_automaton {
	uint64_t accepts[256]; /* states entered by this byte */
	uint64_t loops;        /* states that stay on any byte: a star follows */
	uint64_t starts, ends;
};

/* Whether all its brackets are closed: fnmatch(3) takes an open one literally, which is never intended. */
bool glob__closed(const char *glob);
/* `*`, `?`, `[a-z]`, `[!a]`, `[[:digit:]]`, backslash. -E2BIG: more than 63 symbols in all; -EINVAL: unclosed
 * bracket. */
int glob_automaton__add(struct glob_automaton *a, const char *glob);
/* As the kernel side does it. */
int glob_automaton__matches(const struct glob_automaton *a, const char *name, size_t len);

#endif
