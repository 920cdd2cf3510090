/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who receives from a channel. The runtime keeps no such thing, so it takes two
 * facts together: a function on the goroutine's stack has a call that receives,
 * and the place that this call takes its channel from, a slot of the frame, a
 * global variable, or a field of an object that the frame points to, has the
 * channel in question.
 */
#ifndef TS_GO_RUNTIME_RECEIVERS_H
#define TS_GO_RUNTIME_RECEIVERS_H

#include "go/runtime/goroutines.h"

#define GO_RECEIVERS_CHANNELS 64 /* at most, looked for together */

enum goroutine_evidence {                        /* best first */
			  GOROUTINE_IN_FRAME,    /* in the frame of the function that receives */
			  GOROUTINE_IN_VARIABLE, /* in a global variable */
			  GOROUTINE_IN_OBJECT,   /* in an object that the frame points to */
};

struct goroutine_receiver {
	size_t channel; /* index */
	enum goroutine_evidence evidence;
	/* A select, or a call whose channel comes from elsewhere, in a function that has this one at hand,
	 * too: it may receive from another, and send to this one. */
	bool likely;
	uint64_t pc; /* in that function, a return address unless it is the innermost frame */
};

/*
 * Reads all goroutines and calls fn with each that receives from one of the
 * channels by its best evidence, as long as fn answers 0. Goroutines that
 * wait in a receive or select of just that function are none: they wait for
 * something else. Those that run have no stack, so nothing is known of them.
 * 0, fn's answer, or -errno; -ENODATA: the functions that receive are not found.
 */
typedef int (*goroutine_receiver_fn)(const struct goroutine *g, const struct goroutine_receiver *receiver,
				     void *arg);
int goroutines__receivers(struct goroutines *r, const uint64_t *channels, size_t count,
			  goroutine_receiver_fn fn, void *arg);

/* ---- for batch.c ---- */
struct go_batch;
struct go_slot;
/* Looks at the stack of a slot that has just been settled. It reads more memory, so it comes after all else
 * of a try. */
void go_receivers__look(struct goroutines *r, struct go_batch *b, const struct go_slot *s);

#endif
