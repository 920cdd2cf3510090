/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The own clock for goroutines, over several readings of one program: which of
 * them have stayed where they were, and since when. What the runtime notes of
 * a wait's beginning is set by its garbage collector; this is what was seen.
 */
#ifndef TS_GO_COLLECT_GO_CLOCK_H
#define TS_GO_COLLECT_GO_CLOCK_H

#include "go/runtime/goroutines.h"

#define GO_CLOCK_MAX (2u << 20) /* goroutines; of further ones nothing is remembered */

struct go_clock;

struct go_stay {
	/* How long it has been seen to wait here without running; 0: not at all, or not beyond doubt. */
	uint64_t at_least_ns;
	/* It came here after a reading that it was not seen here in; UINT64_MAX: not known. */
	uint64_t at_most_ns;
};

struct go_clock *go_clock__new(void);    /* NULL: out of memory */
void go_clock__free(struct go_clock *c); /* NULL is fine */
/* A reading begins, at now_ns (CLOCK_MONOTONIC). */
void go_clock__begin(struct go_clock *c, uint64_t now_ns);
/* place: a number for state, stack and creator. */
struct go_stay go_clock__see(struct go_clock *c, const struct goroutine *go, uint64_t place);
/* All have been seen, the last one at now_ns; complete: none was left out because it could not be read. */
void go_clock__end(struct go_clock *c, uint64_t now_ns, bool complete);
/* How many were at the place in the reading before and have ended or run since; after the end. False: not
 * known, as there was no reading before, or not all of it is remembered. */
bool go_clock__left(const struct go_clock *c, uint64_t place, uint64_t *ret);

#endif
