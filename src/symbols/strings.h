/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of strings, freed together. */
#ifndef TS_SYMBOLS_STRINGS_H
#define TS_SYMBOLS_STRINGS_H

#include "util/arena.h"
#include "util/u64_table.h"

struct strings {
	struct arena arena;
	struct u64_table table; /* of the texts of one hash, by it */
};

/* The kept copy of s, cut to PATH_MAX bytes; NULL if s is NULL. */
const char *strings__keep(struct strings *t, const char *s);
void strings__free(struct strings *t);

#endif
