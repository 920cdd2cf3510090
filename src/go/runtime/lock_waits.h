/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lock a goroutine waits for, from its semaphore and the functions that it waits in. */
#ifndef TS_GO_RUNTIME_LOCK_WAITS_H
#define TS_GO_RUNTIME_LOCK_WAITS_H

#include "go/runtime/goroutines.h"

struct go_lock_wait {
	enum go_lock_kind kind;
	bool read;
	int offset;  /* of the semaphore in the lock */
	uint64_t pc; /* in the function that has called Lock or Wait; 0: not known */
};

/* False: not a wait for one of these. semaphore: its address. */
bool goroutines__lock_wait(struct goroutines *r, const struct goroutine_stack *s, uint64_t semaphore,
			   struct go_lock_wait *ret);

/* The lock's own words. */
struct go_lock_state {
	bool locked;
	uint64_t active_readers, counter;
};
bool goroutines__lock_state(struct goroutines *r, enum go_lock_kind kind, uint64_t address,
			    struct go_lock_state *ret);

#endif
