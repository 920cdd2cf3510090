/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A clock for goroutines over several readings of one program: which of them have not moved, and since when.
 * The runtime's own stamp of a wait is set by its garbage collector; this clock uses observations only.
 */
#ifndef TS_GO_COLLECT_GO_CLOCK_H
#define TS_GO_COLLECT_GO_CLOCK_H

#include "go/runtime/goroutines.h"

#define GO_CLOCK_MAX (2u << 20) /* goroutines; further ones are not tracked */

struct go_clock;

struct go_stay {
	/* How long it has been observed to wait here without running; 0: not at all, or not proven. */
	uint64_t at_least_ns;
	/* The time since the last reading without it here; UINT64_MAX: unknown. */
	uint64_t at_most_ns;
};

struct go_clock *go_clock__new(void);    /* NULL: out of memory */
void go_clock__free(struct go_clock *c); /* NULL is fine */
/* Starts a reading at now_ns (CLOCK_MONOTONIC). */
void go_clock__begin(struct go_clock *c, uint64_t now_ns);
/* place: a number for state, stack and creator. */
struct go_stay go_clock__see(struct go_clock *c, const struct goroutine *go, uint64_t place);
/* Ends the reading at now_ns; complete: no goroutine was omitted as unreadable. */
void go_clock__end(struct go_clock *c, uint64_t now_ns, bool complete);
/* How many were at the place in the previous reading and have ended or run since; call after the end. False:
 * unknown, because there was no previous reading, or it is not tracked completely. */
bool go_clock__left(const struct go_clock *c, uint64_t place, uint64_t *ret);

#endif
