/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The receivers of a channel. The runtime does not record them, so two facts are combined: a function on the
 * goroutine's stack has a receiving call, and the source of that call's channel (a slot of the frame, a
 * global variable, or a field of an object that the frame points to) holds the channel.
 */
#ifndef TS_GO_RUNTIME_RECEIVERS_H
#define TS_GO_RUNTIME_RECEIVERS_H

#include "go/runtime/goroutines.h"

#define GO_RECEIVERS_CHANNELS 64 /* channels per search */

enum goroutine_evidence {                        /* best first */
			  GOROUTINE_IN_FRAME,    /* in the frame of the function that receives */
			  GOROUTINE_IN_VARIABLE, /* in a global variable */
			  GOROUTINE_IN_OBJECT,   /* in an object that the frame points to */
};

struct goroutine_receiver {
	size_t channel; /* index */
	enum goroutine_evidence evidence;
	/* The function has a select, or a call whose channel has another source, and also uses this channel:
	 * it may receive from another one and send to this one. */
	bool likely;
	uint64_t pc; /* in that function, a return address unless it is the innermost frame */
};

/*
 * Reads all goroutines and calls fn for each receiver of one of the channels, with its best evidence, while
 * fn returns 0. Goroutines that wait in a receive or select of that function are excluded: they wait for
 * something else. Running goroutines have no stack: while a channel is without a certain receiver, those are
 * looked at again, for about 10 ms. 0, fn's result, or -errno; -ENODATA: the receiving functions were not
 * found.
 */
typedef int (*goroutine_receiver_fn)(const struct goroutine *g, const struct goroutine_receiver *receiver,
				     void *arg);
int goroutines__receivers(struct goroutines *r, const uint64_t *channels, size_t count,
			  goroutine_receiver_fn fn, void *arg);

/* ---- for batch.c ---- */
struct go_batch;
struct go_slot;
/* Searches the stack of a slot that has just been settled. It reads more memory, so it comes last in a try.
 */
void go_receivers__look(struct goroutines *r, struct go_batch *b, const struct go_slot *s);

#endif
