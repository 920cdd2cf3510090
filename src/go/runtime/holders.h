/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goroutines that likely hold a lock. Go's locks keep no owner: a goroutine is one if a function on its stack
 * has locked it, by its code on every way to where it is, and has not unlocked it.
 */
#ifndef TS_GO_RUNTIME_HOLDERS_H
#define TS_GO_RUNTIME_HOLDERS_H

#include "go/runtime/goroutines.h"

#define GO_HOLDERS_LOCKS 64 /* locks per search */

struct goroutine_holder {
	size_t lock; /* index */
	bool read;
	uint64_t pc; /* in the function that holds it: a return address, unless is_return is false */
	bool is_return;
	uint64_t locked_pc; /* of the instruction there that locked it */
	bool of_receiver;   /* member is the lock's offset in what that function's first argument points to */
	uint64_t member;
};

/*
 * Reads all goroutines and calls fn for each holder of one of the locks, by their addresses, while fn returns
 * 0. Running goroutines have no stack: while a lock is without a holder, those are looked at again, for about
 * 10 ms. 0, fn's result, or -errno; -ENODATA: this program's code cannot be followed.
 */
typedef int (*goroutine_holder_fn)(const struct goroutine *g, const struct goroutine_holder *holder,
				   void *arg);
int goroutines__holders(struct goroutines *r, const uint64_t *locks, size_t count, goroutine_holder_fn fn,
			void *arg);

/* ---- for batch.c and reader.c ---- */
struct go_batch;
struct go_slot;
struct go_locking;
/* Searches the stack of a slot that has just been settled. */
void go_holders__look(struct goroutines *r, struct go_batch *b, const struct go_slot *s);
void go_locking__free(struct go_locking *l); /* NULL is fine */

#endif
