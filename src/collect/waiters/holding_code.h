/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The code of a target's functions, followed from where a frame goes on: unwind/holding.h. */
#ifndef TS_COLLECT_WAITERS_HOLDING_CODE_H
#define TS_COLLECT_WAITERS_HOLDING_CODE_H

#include "collect/targets/targets.h"
#include "unwind/holding.h"
#include "util/u64_table.h"

/* All zero but scans_left is an empty one; for one sample. */
struct holding_codes {
	struct u64_table unlocks; /* by return address */
	struct u64_table takes;   /* what functions do with a semaphore: taking_code.c */
	struct code_pages *pages;
	size_t scans_left;
};

/* A copy of the target's code. Returns how much of it can be read, from its start. */
size_t holding_codes__read(struct holding_codes *c, const struct target *t, uint64_t address, uint8_t *buf,
			   size_t size);
/* Whether the code behind a return address unlocks any lock. */
bool holding_codes__unlocks(struct holding_codes *c, struct target *t, uint64_t after);
/* What the frame does next to the lock at that address. once: as any_store of struct holding_code. */
enum holding holding_codes__next(struct holding_codes *c, struct target *t, const struct frame_state *f,
				 uint64_t lock, bool once);
/* The word that the frame's function tries to take in a loop: holding__spins_for; 0: none. */
uint64_t holding_codes__spins_for(struct holding_codes *c, struct target *t, const struct frame_state *f);
/* Whether the function there is one that waits for locks of Rust. */
bool holding_codes__is_lock(struct target *t, uint64_t after);
void holding_codes__free(struct holding_codes *c);

#endif
