/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The samples of moments past, in the saved form, in memory: in segments that each begin anew, so that
 * reports can be made of one again, and the oldest can go. One thread adds; others may read meanwhile.
 */
#ifndef TS_FEED_PAST_H
#define TS_FEED_PAST_H

#include "report/report.h"
#include "facts/sample.h"

struct past;

struct past *past__new(void);
/* One more that frees it. */
struct past *past__hold(struct past *h);
void past__free(struct past *h); /* NULL is fine */

/* The base line of the run, before its first moment. */
void past__base(struct past *h, bool every_process, const struct sample *s);
/* A moment of an interval; numbers grow. */
void past__add(struct past *h, const struct interval_report *r, uint64_t number);
/* The oldest moment that is kept; 0: none. */
uint64_t past__first(struct past *h);

/* A segment as a saved run: its base line, then its moments. */
struct past_part {
	uint8_t *bytes;
	size_t size;
	uint64_t first; /* number of its first moment; the others follow one by one */
	size_t count;
	size_t base, body; /* where the records of the base line and of the first moment begin */
};
/* The part with this moment, or the next one. -ENODATA: nothing so late is kept. */
int past__part(struct past *h, uint64_t number, struct past_part *ret);
void past_part__free(struct past_part *p);

/* Writes the moments up to a number to a file that replay opens. After each part calls goes_on with the
 * number of moments written so far; false ends it (-ECANCELED). 0 or a negative errno; -ENODATA: no moment is
 * kept. */
int past__save(struct past *h, uint64_t to, const char *path, bool (*goes_on)(void *arg, uint64_t written),
	       void *arg);

#endif
