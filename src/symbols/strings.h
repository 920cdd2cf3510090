/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings kept once each, until all are freed. */
#ifndef TS_SYMBOLS_STRINGS_H
#define TS_SYMBOLS_STRINGS_H

#include <stddef.h>

struct strings {
	char **slots;
	size_t count, room;
};

/* The kept copy of s, cut to PATH_MAX bytes; NULL without memory, or if s is NULL. */
const char *strings__keep(struct strings *t, const char *s);
void strings__free(struct strings *t);

#endif
