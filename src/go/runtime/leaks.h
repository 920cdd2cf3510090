/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goroutines that can never go on: each channel, lock or condition that they wait for is referenced by nobody
 * but goroutines like them. The same question as Go 1.27's goroutineleak profile answers by a collection.
 */
#ifndef TS_GO_RUNTIME_LEAKS_H
#define TS_GO_RUNTIME_LEAKS_H

#include "go/runtime/goroutines.h"

struct goroutine_leaked {
	uint64_t address, goid;
	uint8_t tracking_seq;
};

struct goroutine_leaks {
	uint64_t waiting; /* goroutines that wait for a channel, a lock or a condition */
	uint64_t leaked;
	uint32_t readings;
	bool moving;         /* readings contradict each other too much */
	bool whole;          /* all that can be reached was read, in each reading */
	uint64_t running;    /* goroutine that ran in each reading: its registers are not seen; 0: none */
	uint64_t heap_bytes; /* in use, also by what nobody reaches */
	uint64_t read_bytes; /* of it, in the largest reading: objects with pointers that are reached */
	uint64_t took_ns;
};

/*
 * Reads all goroutines and what they can reach, up to three times, and calls fn for each that was found in
 * each reading. The memory of the program moves meanwhile: only two readings or more that agree, and that
 * were whole, are certain. -ENODATA: its heap was not found; -EFBIG: it is spread too widely.
 */
typedef void (*goroutine_leaked_fn)(const struct goroutine_leaked *g, void *arg);
int goroutines__leaks(struct goroutines *r, goroutine_leaked_fn fn, void *arg, struct goroutine_leaks *ret);

/* ---- for batch.c ---- */
struct go_batch;
struct go_slot;
/* Looks at a slot that has just been settled, with its stack. */
void go_leaks__look(struct goroutines *r, struct go_batch *b, const struct go_slot *s);

#endif
