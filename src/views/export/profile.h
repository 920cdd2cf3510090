/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile as pprof reads it: gzip'd profile.proto (github.com/google/pprof,
 * proto/profile.proto). Built sample by sample, in memory; each function,
 * location, mapping and text is kept once. Text from outside is escaped for a
 * terminal, as pprof prints it raw.
 */
#ifndef TS_VIEWS_EXPORT_PROFILE_H
#define TS_VIEWS_EXPORT_PROFILE_H

#include <stdio.h>

#include "report/report.h"

#define PROFILE_VALUES 4 /* at most, in a sample */

struct profile;

struct profile_type {
	const char *name, *unit; /* "threads", "count" */
};

struct profile_label {
	const char *key;
	const char *text; /* NULL: number counts */
	int64_t number;
};

/* The value types of the samples; types[shown] is the default. NULL: out of memory. */
struct profile *profile__new(const struct profile_type *types, size_t count, size_t shown);
void profile__free(struct profile *p); /* NULL is fine */

void profile__time(struct profile *p, uint64_t time_ns); /* that it covers, CLOCK_REALTIME; repeatable */
/* Call before adding samples: pprof assumes that the first file is the program. NULL or "": unknown. */
void profile__program(struct profile *p, const char *path);
void profile__comment(struct profile *p, const char *text);

/* One sample: a value per type. missing: the word for the missing part of the stack, shown as its outermost
 * frame; NULL: complete. */
void profile__sample(struct profile *p, const struct call_stack *stack, const char *missing,
		     const uint64_t *values, const struct profile_label *labels, size_t label_count);

/* Writes it to out, and flushes. 0, or why it could not be written. */
int profile__write(const struct profile *p, FILE *out);

#endif
